"""The first sign-in of an account that was just made."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse

from accounts.allauth_internals import list_session, record_authentication
from accounts.factors import second_factor
from accounts.family import email_addresses
from accounts.models import User
from accounts.signin import devices
from audit.trail import Action, Actor, record
from practice import languages
from practice.after_saving import go_on


def sign_in_new_user(request: HttpRequest, response: HttpResponse, user: User) -> HttpResponse:
    """Sign in a user who has just registered, with everything that a later sign-in does.

    If only what follows the sign-in fails, such as the mail with a code, the user is signed in nevertheless.
    """
    login(request, user)  # by the only backend
    # The user has just proven the password or passkey, so no page asks for it again a minute later.
    proof = {"method": "mfa", "type": "webauthn"} if second_factor.factors_of(user) else {"method": "password"}
    record_authentication(request, user, **proof)
    record(actor=Actor.of(request), action=Action.SIGNED_IN, method="registration")
    go_on("list the session", lambda: list_session(request))
    go_on("confirm the e-mail", lambda: email_addresses.start_confirmation(user=user, request=request))
    go_on("remember the device", lambda: devices.remember(request, response, user))
    go_on("store the language", lambda: languages.store_after_sign_in(request, response, user))
    return response
