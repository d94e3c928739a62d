"""All addresses. Numbers in them are record numbers; names, chart numbers and PINs never are."""

from allauth.account.views import EmailView
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

urlpatterns = [
    path("", include("practice.urls")),
    path("", include("portal.urls")),
    path("patients/", include("patients.urls")),
    # Shown only: allauth's own page would also take changes, and there is no audited way to make one yet.
    path("accounts/email/", require_safe(EmailView.as_view()), name="account_email"),
    path("accounts/", include("allauth.account.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
]
