"""The URLs for staff only (SURFACE=staff)."""

from django.urls import include, path

from accounts.views import no_access, own_sign_in
from pinportal.shared_urls import handler400, handler403, handler404, handler500
from pinportal.shared_urls import urlpatterns as shared

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

staff = [
    path("your-sign-in/", own_sign_in, name="own_sign_in"),
    path("no-access/", no_access, name="no_access"),
    path("patients/", include("patients.urls")),
    path("schedule/", include("appointments.urls")),
    path("", include("portal.desk.urls")),
    path("", include("portal.office.urls")),
]

urlpatterns = shared + staff
