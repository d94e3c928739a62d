"""All URLs, if one process serves both surfaces (SURFACE=both)."""

from pinportal.public_urls import families
from pinportal.shared_urls import handler400, handler403, handler404, handler500
from pinportal.shared_urls import urlpatterns as shared
from pinportal.staff_urls import staff

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = shared + staff + families
