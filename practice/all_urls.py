"""Both surfaces in one process; either alone includes only its own list."""

from practice import family_urls, staff_urls

app_name = "practice"

urlpatterns = staff_urls.urlpatterns + family_urls.of_families
