"""The addresses of this room on the staff's surface: those that both have, and one's own sign-in."""

from django.urls import path

from accounts import urls, views

app_name = urls.app_name

urlpatterns = [
    *urls.urlpatterns,
    path("your-sign-in/", views.own_sign_in, name="own_sign_in"),
]
