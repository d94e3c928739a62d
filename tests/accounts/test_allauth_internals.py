"""What this project relies on in django-allauth beyond its documentation. An upgrade of allauth fails here first.

``accounts/allauth_internals.py`` is the only module that uses these parts; the first tests enforce that.
"""

import ast
import importlib
import inspect
from pathlib import Path

import pytest
from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from allauth.account.forms import LoginForm
from allauth.core.context import request_context
from allauth.mfa.base.forms import BaseAuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, EditWebAuthnForm
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts import allauth_internals as internals
from accounts.signin.backend import Backend
from accounts.signin.link_tokens import LinkTokenGenerator
from tests import people
from tests.accounts.factors import codes

ROOT = Path(settings.BASE_DIR)
# What allauth's documentation names: https://docs.allauth.org/en/latest/
DOCUMENTED = {
    "allauth.account.adapter": {"DefaultAccountAdapter", "get_adapter"},
    "allauth.account": {"forms"},
    "allauth.account.decorators": {"reauthentication_required"},
    "allauth.account.models": {"EmailAddress"},
    "allauth.mfa.adapter": {"get_adapter"},
    "allauth.mfa.base.forms": {"AuthenticateForm", "ReauthenticateForm"},
    "allauth.mfa.models": {"Authenticator"},
    "allauth.mfa.totp.forms": {"ActivateTOTPForm"},
    "allauth.mfa.webauthn": {"forms"},
    "allauth.usersessions.adapter": {"DefaultUserSessionsAdapter"},
    "allauth.usersessions.models": {"UserSession"},
}
ALLOWED = "accounts/allauth_internals.py"


def imports(path):
    """(module, name) of everything that a file imports from allauth."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "allauth":
            yield from ((node.module, alias.name) for alias in node.names)
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.split(".")[0] == "allauth")


def modules():
    paths = (path for room in settings.OUR_ROOMS for path in (ROOT / room).rglob("*.py"))
    return {str(path.relative_to(ROOT)): path for path in paths}


def test_only_one_module_imports_what_allauth_does_not_document():
    files = modules()
    assert list(imports(files[ALLOWED]))
    undocumented = {
        (name, *each)
        for name, path in files.items()
        if name != ALLOWED
        for each in imports(path)
        if each[1] not in DOCUMENTED.get(each[0], set())
    }
    assert undocumented == set()


def test_only_one_module_overrides_private_methods_of_allauth():
    overridden = set()
    for name, path in modules().items():
        if name == ALLOWED or "allauth" not in path.read_text():
            continue
        module = importlib.import_module(name.removesuffix(".py").replace("/", "."))
        for each in vars(module).values():
            if inspect.isclass(each) and each.__module__ == module.__name__:
                bases = [base for base in each.__mro__[1:] if base.__module__.startswith("allauth.")]
                private = {key for key in vars(each) if key.startswith("_") and not key.startswith("__")}
                overridden |= {(each.__name__, key) for key in private for base in bases if key in vars(base)}
    assert overridden == set()


@pytest.fixture
def request_of(rf, db):
    """Makes a request with a session, as allauth's middleware has it."""

    def make(user=None):
        request = rf.get("/")
        request.session = SessionStore()
        request.session.create()
        if user:
            request.user = user
        return request

    return make


def test_the_backend_asks_us_about_each_user(front_desk, family_user, settings):
    settings.SURFACE = "public"
    backend = Backend()
    assert backend.authenticate(None, email=family_user.email, password=people.PASSWORD) == family_user
    assert backend.authenticate(None, email=front_desk.email, password=people.PASSWORD) is None
    assert backend.get_user(family_user.pk) == family_user
    assert backend.get_user(front_desk.pk) is None


def test_a_user_of_the_other_surface_costs_as_much_time_as_an_unknown_one(front_desk, settings):
    """allauth hashes the password when it has checked no user's, so both responses take as long."""
    settings.SURFACE = "public"
    backend = Backend()
    for email in (front_desk.email, "nobody@mail.example"):
        backend.authenticate(None, email=email, password=people.PASSWORD)
        assert backend._did_check_password is False
    assert "_mitigate_timing_attack" in vars(AllauthBackend)


def test_proofs_of_a_session_belong_to_its_user(request_of, family_user, front_desk):
    request = request_of(family_user)
    internals.record_authentication(request, family_user, method="mfa", type="totp")
    (proof,) = internals.get_authentication_records(request, family_user)
    assert {"method": "mfa", "type": "totp"}.items() <= proof.items()
    assert proof["at"] > 0
    assert internals.get_authentication_records(request, front_desk) == []


def test_between_password_and_code_the_session_names_the_user(client, front_desk, rf):
    codes.app_of(front_desk)
    client.post(reverse("account_login"), {"login": front_desk.email, "password": people.PASSWORD})
    request = rf.get("/")
    request.session = client.session
    assert internals.user_signing_in(request) == front_desk
    assert internals.user_signing_in(request) == front_desk  # looking does not consume it


def test_without_a_password_nobody_is_signing_in(request_of):
    assert internals.user_signing_in(request_of()) is None


def test_forms_and_adapters_find_the_request(rf):
    request = rf.get("/")
    with request_context(request):
        assert internals.current_request() is request


def test_a_link_is_made_of_user_number_and_token(front_desk, client):
    """``password_link`` writes the address that allauth's view reads."""
    key = LinkTokenGenerator().make_token(front_desk)
    address = reverse("account_reset_password_from_key", kwargs={"uidb36": internals.user_key(front_desk), "key": key})
    page = client.get(address, follow=True)
    assert "form" in page.context
    assert not page.context.get("token_fail")
    assert client.get(address.replace(key, f"{key}x"), follow=True).context["token_fail"] is True


def test_a_session_is_listed_once(client, family_user, rf):
    client.force_login(family_user)
    UserSession.objects.all().delete()
    request = rf.get("/")
    request.session, request.user = client.session, family_user
    with request_context(request):
        internals.list_session(request)
        internals.list_session(request)
    assert UserSession.objects.get().user == family_user


def test_secrets_pass_through_the_adapter(front_desk):
    """The names of the encrypted values, which ``reseal`` must all know."""
    unused = codes.app_of(front_desk)
    stored = {name for each in Authenticator.objects.all() for name in each.data} - {"used_mask"}
    assert stored == internals.SEALED_FIELDS
    assert codes.SECRET not in str(list(Authenticator.objects.values_list("data", flat=True)))
    (of_codes,) = Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES)
    assert internals.unused_recovery_codes(of_codes) == unused


def test_a_new_passkey_answers_the_challenge_of_the_session(request_of, family_user):
    request = request_of(family_user)
    with request_context(request):
        options = internals.begin_passkey(family_user)["publicKey"]
        assert options["authenticatorSelection"]["userVerification"] == "required"
        assert options["authenticatorSelection"]["residentKey"] == "required"
        assert "challenge" in options
        with pytest.raises((ValidationError, ValueError, KeyError)):
            internals.check_new_passkey({"id": "AAAA", "response": {}})


def test_a_passkey_is_stored_with_its_name(family_user):
    internals.save_passkey(family_user, "My phone", {"id": "AAAA"})
    passkey = Authenticator.objects.get()
    assert (passkey.type, str(passkey)) == (Authenticator.Type.WEBAUTHN, "My phone")


@pytest.mark.parametrize(
    ("form", "fields", "methods"),
    [
        (LoginForm, {"password"}, set()),
        (BaseAuthenticateForm, {"code"}, {"clean_code"}),
        (AddWebAuthnForm, {"name", "passwordless", "credential"}, {"clean"}),
        (AuthenticateWebAuthnForm, {"credential"}, {"clean_credential"}),
        (EditWebAuthnForm, {"name"}, set()),
    ],
)
def test_our_forms_override_fields_and_methods_that_exist(form, fields, methods):
    assert fields <= set(form.base_fields)
    assert {method for method in methods if not hasattr(form, method)} == set()


@pytest.mark.parametrize("key", sorted({**settings.ACCOUNT_FORMS, **settings.MFA_FORMS}))
def test_forms_in_the_settings_are_subclasses_of_allauths(key):
    path = {**settings.ACCOUNT_FORMS, **settings.MFA_FORMS}[key]
    module, name = path.rsplit(".", 1)
    form = getattr(importlib.import_module(module), name)
    assert any(base.__module__.startswith("allauth.") for base in form.__mro__)


def password_typed(user):
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": people.PASSWORD})
    return client


def test_pages_have_what_our_templates_show(front_desk, settings):
    """The context that allauth's views give to the templates that replace its own."""
    settings.REQUIRE_SECOND_FACTOR = False
    signed_in = password_typed(front_desk)
    expected = {
        "mfa_activate_totp": {"form", "totp_svg_data_uri", "totp_url"},
        "mfa_add_webauthn": {"form", "js_data"},
        "usersessions_list": {"sessions", "session_count"},
        "account_change_password": {"form"},
    }
    for name, keys in expected.items():
        page = signed_in.get(reverse(name), follow=True)
        assert all(key in page.context for key in keys), (name, keys)
    codes.app_of(front_desk)
    half = password_typed(front_desk)
    assert all(key in half.get(reverse("mfa_authenticate")).context for key in ("form", "webauthn_form", "js_data"))


def test_scripts_for_passkeys_have_the_functions_that_our_pages_call():
    script = Path(finders.find("mfa/js/webauthn.js")).read_text()
    assert all(name in script for name in ("loginForm", "authenticateForm", "addForm"))
    assert "data-allauth-onload" in Path(finders.find("account/js/onload.js")).read_text()
    assert finders.find("mfa/js/webauthn-json.js")
