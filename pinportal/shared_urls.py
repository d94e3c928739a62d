"""URLs that both surfaces have: sign-in, language, health, and error pages.

Numbers in URLs are record numbers, never names, chart numbers, or PINs.
"""

from django.urls import include, path

from pinportal import health, views

urlpatterns = [
    path("accounts/second-factor/", include("accounts.factors.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("accounts/", include("accounts.signin.urls")),
    path("", views.home, name="home"),
    path("logo/", views.logo, name="logo"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("language/", views.language, name="language"),
    path("", include("accounts.urls")),
    path("", include((health.urlpatterns, "pinportal"))),
]

handler400 = "pinportal.error_pages.bad_request"
handler403 = "pinportal.error_pages.forbidden"
handler404 = "pinportal.error_pages.not_found"
handler500 = "pinportal.error_pages.server_error"
