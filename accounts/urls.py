"""Addresses about the user's own sign-in that both surfaces have."""

from django.urls import include, path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("second-factor/", views.second_factor_needed, name="second_factor"),
    path("own-pages/", views.to_own_pages, name="own_pages"),
    path("sign-out-everywhere/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("session/", include("accounts.sessions.urls")),
]
