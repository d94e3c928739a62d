"""Both surfaces in one process; either alone includes only its own list."""

from accounts.family import urls
from practice import staff_urls

app_name = "practice"

urlpatterns = staff_urls.urlpatterns + urls.of_families
