"""Staff and families in two processes: neither can reach the other's pages, and does not even load their code."""

import json
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import staff
from accounts.models import User
from audit.models import AuditEvent
from audit.trail import Actor
from patients.ages import today
from portal.models import Registration
from tests import people
from tests.pinportal.test_secrets import run
from tests.portal import steps

LOGIN = reverse("account_login")
WRONG = "This e-mail and password do not go together."


@pytest.fixture
def serve(settings):
    """Make this process serve only one surface."""

    def only(surface):
        settings.SURFACE = surface
        settings.ROOT_URLCONF = settings.ROOT_URLCONFS[surface]
        settings.STAFF_URL = "https://staff.sunnyside.example"

    return only


@pytest.fixture(autouse=True)
def _nobody_has_tried_before():
    """allauth counts failed sign-ins in the cache, which survives a test."""
    cache.clear()


def sign_in(user, password=people.PASSWORD):
    return Client().post(LOGIN, {"login": user.email, "password": password})


# --- What is loaded ------------------------------------------------------------------------------

LOADED = """
import json, sys, django; django.setup()
from django.urls import get_resolver
from django.core.cache import cache
from django.test import Client
list(get_resolver().url_patterns)
Client().get("/healthz")
print(json.dumps(sorted(each for each in sys.modules if ".views." in each or each.endswith(".views"))))
"""
STAFF_VIEWS = {
    "patients.views.charts",
    "appointments.calendar.views",
    "portal.desk.views.window",
    "portal.desk.views.worklist",
}
FAMILY_VIEWS = {"portal.signup.views.register", "portal.family.views.children", "portal.family.views.downloads"}


@pytest.mark.parametrize(
    ("surface", "there", "absent"), [("staff", STAFF_VIEWS, FAMILY_VIEWS), ("public", FAMILY_VIEWS, STAFF_VIEWS)]
)
def test_the_code_of_the_other_surface_s_pages_is_not_loaded(surface, there, absent):
    done = run("-c", LOADED, DJANGO_SETTINGS_MODULE="pinportal.settings", SURFACE=surface)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert there <= loaded
    assert not absent & loaded
    if surface == "public":
        assert not [each for each in loaded if each.startswith(("patients.", "appointments."))]


@pytest.mark.parametrize("surface", ["staff", "public"])
def test_each_surface_passes_the_deployment_check(surface):
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", SURFACE=surface)
    assert done.returncode == 0, done.stderr


def test_an_unknown_surface_is_refused():
    assert "SURFACE must be both, staff or public" in run("manage.py", "check", SURFACE="family").stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"SURFACE": "family"}, "SURFACE must be both, staff or public"),
        ({"SURFACE": "staff"}, "STAFF_URL is missing"),
        ({"SURFACE": "staff", "STAFF_URL": "https://staff.example.org"}, "ALLOWED_HOSTS lacks staff.example.org"),
        ({"STAFF_URL": "http://staff.example.org"}, "STAFF_URL must be an https:// address"),
        ({"SURFACE": "public", "ALLOWED_HOSTS": "staff.example.org"}, "ALLOWED_HOSTS lacks portal.example.org"),
        # All is well up to the database, which is empty: the staff's process does not answer to the portal's name.
        (
            {"SURFACE": "staff", "STAFF_URL": "https://staff.example.org", "ALLOWED_HOSTS": "staff.example.org"},
            "manage.py migrate",
        ),
    ],
)
def test_the_server_checks_the_addresses_of_its_surface(environment, words):
    done = run("-m", "pinportal.serve", **environment)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert words in done.stderr


# --- Signing in ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("surface", "kind"), [("staff", "family"), ("public", "staff")])
def test_users_of_the_other_surface_are_treated_as_unknown(serve, front_desk, family_user, surface, kind):
    user = family_user if kind == "family" else front_desk
    serve(surface)
    nobody = User(email="nobody@mail.example")
    answers = [sign_in(user), sign_in(user, "wrong"), sign_in(nobody)]
    words = [same(answer, each) for answer, each in zip(answers, (user, user, nobody), strict=True)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert WRONG in words[0]
    assert words[0] == words[1] == words[2]
    assert steps.trail() == [("sign_in.failed", None)] * 3


def same(page, user):
    """The page without the parts that always differ: the token and the e-mail."""
    kept = [line for line in page.text.splitlines() if "csrfmiddlewaretoken" not in line]
    return "\n".join(kept).replace(user.email, "")


@pytest.mark.parametrize("inactive", [False, True])
def test_an_inactive_user_of_the_other_surface_is_treated_as_unknown(serve, front_desk, inactive):
    User.objects.filter(pk=front_desk.pk).update(is_active=not inactive)
    serve("public")
    assert WRONG in sign_in(front_desk).text


@pytest.mark.parametrize(
    ("surface", "kind", "url"), [("public", "staff", "patients:search"), ("staff", "family", "family:children")]
)
def test_a_session_of_one_surface_is_worth_nothing_on_the_other(serve, as_front_desk, as_family, surface, kind, url):
    client = as_front_desk if kind == "staff" else as_family
    assert client.get(reverse(url)).status_code == 200
    serve(surface)
    assert client.get(reverse("home")).headers["Location"].startswith(LOGIN)
    serve("both")
    assert client.get(reverse("home")).headers["Location"].startswith(LOGIN)  # ended, and for good


@pytest.mark.parametrize(
    ("surface", "words"),
    [
        ("both", "Have a PIN from the practice?"),
        ("public", "Staff sign in at the address that the practice gave them."),
        ("staff", "https://portal.sunnyside.example/register/"),
    ],
)
def test_the_sign_in_page_shows_the_other_surface_s_address(serve, client, db, surface, words):
    serve(surface)
    page = client.get(LOGIN).text
    assert words in page
    assert "staff.sunnyside.example" not in page  # strangers need not learn where the staff's side is
    assert ('href="/register/"' in page) == (surface != "staff")


# --- Mails ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("surface", "kind", "address"),
    [
        ("both", "staff", "https://staff.sunnyside.example/accounts/password/reset/key/"),
        ("both", "family", "https://portal.sunnyside.example/accounts/password/reset/key/"),
        ("staff", "staff", "https://staff.sunnyside.example/accounts/password/reset/key/"),
        ("public", "family", "https://portal.sunnyside.example/accounts/password/reset/key/"),
    ],
)
def test_a_password_mail_has_the_address_of_the_user_s_surface(
    serve, client, front_desk, family_user, mailoutbox, surface, kind, address
):
    serve(surface)
    user = family_user if kind == "family" else front_desk
    people.confirm_email(family_user)  # a family's others get no link
    client.post(reverse("account_reset_password"), {"email": user.email})
    (mail,) = mailoutbox
    assert address in mail.body


@pytest.mark.parametrize(("surface", "kind"), [("staff", "family"), ("public", "staff")])
def test_users_of_the_other_surface_get_no_password_link(
    serve, client, front_desk, family_user, mailoutbox, surface, kind
):
    serve(surface)
    user = family_user if kind == "family" else front_desk
    answer = client.post(reverse("account_reset_password"), {"email": user.email})
    assert answer.headers["Location"] == reverse("account_reset_password_done")
    (mail,) = mailoutbox
    assert "/password/reset/key/" not in mail.body
    assert "https://portal.sunnyside.example/register/" in mail.body


# --- The story across both -----------------------------------------------------------------------


def test_a_sheet_printed_on_one_surface_is_redeemed_on_the_other(serve, front_desk, as_front_desk, rivera):
    mateo = rivera.link(rivera.ana, rivera.mateo)
    serve("staff")
    as_front_desk.get(reverse("desk:window", args=[mateo.pk]))
    as_front_desk.post(reverse("desk:issue", args=[mateo.pk]), {"child": mateo.pk})
    sheet = as_front_desk.post(reverse("desk:print", args=[mateo.pk]), {"child": mateo.pk})
    text = steps.pdf_text(sheet.content)
    assert "portal.sunnyside.example/register/" in text
    number = re.search(r"\d{4} \d{4} \d{4}", text)[0]

    serve("public")
    parent = Client()
    assert parent.get("/register/").status_code == 200
    assert steps.prove(parent, number, rivera.mateo).status_code == 302
    assert steps.answer(parent, "ana@home.example").headers["Location"] == "/register/account/"
    sent = {"email": "ana@home.example", "password": steps.PASSWORD}
    done = parent.post("/register/account/", sent, follow=True)
    assert done.redirect_chain[-1][0] == "/my/children/"
    assert Registration.objects.get().status == "registered"


@pytest.mark.parametrize("block", ["custody", "age", "chart"])
def test_a_blocked_registration_breaks_no_family_page(serve, front_desk, rivera, block):
    """The page to fix it is a staff page, which has no address here."""
    mateo = rivera.link(rivera.ana, rivera.mateo)
    number = steps.issued(Actor(front_desk, "192.0.2.1"), mateo)["Mateo"]
    registered = people.signed_in(
        steps.registered(Actor(front_desk, "192.0.2.1"), rivera.link(rivera.luis, rivera.mateo))
    )
    if block == "custody":
        rivera.ana.family_contacts.update(authority="none")
        rivera.luis.family_contacts.update(authority="none")
    elif block == "age":
        type(rivera.mateo).objects.update(birth_date=today() - timedelta(days=20 * 366))
    else:
        type(rivera.mateo).objects.update(status="inactive")
    serve("public")
    rivera.mateo.refresh_from_db()
    assert steps.prove(Client(), number, rivera.mateo).status_code == 200
    assert registered.get(reverse("family:children")).status_code == 200
    assert AuditEvent.objects.filter(action="pin.refused").count() == 1


def test_a_link_to_choose_a_password_works_only_on_its_user_s_surface(serve, front_desk, administrator):
    link = staff.link_for(user=front_desk, by=Actor(administrator, "192.0.2.1"))
    path = urlsplit(link).path
    serve("public")
    assert "password1" not in Client().get(path, follow=True).text
    serve("staff")
    assert "password1" in Client().get(path, follow=True).text
