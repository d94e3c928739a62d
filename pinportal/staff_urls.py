"""The staff's addresses alone (SURFACE=staff)."""

from django.urls import include, path

from pinportal.shared_urls import handler400, handler403, handler404, handler500
from pinportal.shared_urls import urlpatterns as shared

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    *shared,
    path("", include("practice.staff_urls")),
    path("", include("portal.desk.urls")),
    path("patients/", include("patients.urls")),
    path("schedule/", include("appointments.urls")),
]
