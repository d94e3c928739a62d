"""The addresses that both surfaces have: sign-in, language, health; and the error pages.

Numbers in addresses are record numbers; names, chart numbers and PINs never are.
"""

from django.urls import include, path
from django.views.generic import RedirectView

from pinportal import health

urlpatterns = [
    # allauth's own page would take changes of address, which nothing records.
    path("accounts/email/", RedirectView.as_view(pattern_name="practice:home"), name="account_email"),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("", include((health.urlpatterns, "pinportal"))),
]

handler400 = "practice.error_pages.bad_request"
handler403 = "practice.error_pages.forbidden"
handler404 = "practice.error_pages.not_found"
handler500 = "practice.error_pages.server_error"
