"""URLs that both surfaces have: sign-in, language, health, and error pages.

Numbers in URLs are record numbers, never names, chart numbers, or PINs.
"""

from allauth.account.views import password_change, password_set
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.access import proven_again
from accounts.factors.second_factor import guarded
from pinportal import health, views

urlpatterns = [
    # allauth's own page would change e-mail addresses without an audit line.
    path("accounts/email/", RedirectView.as_view(pattern_name="accounts:own_pages"), name="account_email"),
    # A user with a second factor must show it again, so that nobody at an unlocked screen can change the password.
    path("accounts/password/change/", guarded(password_change), name="account_change_password"),
    path("accounts/password/set/", guarded(proven_again(password_set)), name="account_set_password"),
    path("accounts/second-factor/", include("accounts.factors.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("accounts/", include("allauth.account.urls")),
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
