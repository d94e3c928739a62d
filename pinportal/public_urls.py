"""The URLs for families only (SURFACE=public)."""

from django.urls import include, path

from pinportal.shared_urls import handler400, handler403, handler404, handler500
from pinportal.shared_urls import urlpatterns as shared

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

families = [
    path("", include("accounts.family.urls")),
    path("", include("portal.signup.urls")),
    path("", include("portal.family.urls")),
]

urlpatterns = shared + families
