from django.urls import path

from accounts import views
from accounts.sessions import views as session_views

app_name = "practice"

urlpatterns = [
    path("", views.home, name="home"),
    path("logo/", views.logo, name="logo"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("language/", views.language, name="language"),
    path("second-factor/", views.second_factor_needed, name="second_factor"),
    path("own-pages/", views.to_own_pages, name="own_pages"),
    path("sign-out-everywhere/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("session/", session_views.session, name="session"),
    path("session/back/", session_views.back, name="session_back"),
    path("session/again/", session_views.send_again, name="send_again"),
]
