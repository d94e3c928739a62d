"""All addresses. Numbers in them are record numbers; names, chart numbers and PINs never are."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

urlpatterns = [
    path("", include("practice.urls")),
    path("", include("portal.urls")),
    path("patients/", include("patients.urls")),
    path("schedule/", include("appointments.urls")),
    # allauth's own page would take changes of address, which nothing records.
    path("accounts/email/", RedirectView.as_view(pattern_name="practice:home"), name="account_email"),
    path("accounts/second-factor/", include("practice.second_factor_urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
]
