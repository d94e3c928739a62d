"""allauth's pages about signing in and passwords, under the names it gives them."""

from django.urls import include, path
from django.views.generic import RedirectView

from accounts.access import proven_again
from accounts.allauth_internals import password_change, password_set
from accounts.factors.second_factor import require_factor

urlpatterns = [
    # allauth's own page changes the e-mail without recording it.
    path("email/", RedirectView.as_view(pattern_name="accounts:own_pages"), name="account_email"),
    # These keep a passer-by at an open page from setting a password: they ask for the second factor or the password.
    path("password/change/", require_factor(password_change), name="account_change_password"),
    path("password/set/", require_factor(proven_again(password_set)), name="account_set_password"),
    path("", include("allauth.account.urls")),
]
