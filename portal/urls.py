"""Both surfaces in one process; either alone includes only its own list."""

from portal import family_urls, staff_urls

app_name = "portal"

urlpatterns = staff_urls.urlpatterns + family_urls.urlpatterns
