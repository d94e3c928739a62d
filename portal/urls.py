"""Both surfaces in one process; either alone includes only its own list."""

from portal.desk import urls
from portal.family import urls as staff_urls

app_name = "portal"

urlpatterns = staff_urls.urlpatterns + urls.urlpatterns
