"""Addresses about the session. Part of the namespace ``accounts``."""

from django.urls import path

from accounts.sessions import views

urlpatterns = [
    path("", views.session, name="session"),
    path("back/", views.back, name="session_back"),
    path("again/", views.send_again, name="send_again"),
]
