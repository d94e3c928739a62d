"""Steps that tests of several pages share."""

import io

import pypdfium2
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from stdnum import damm

from accounts.models import StaffRecord
from audit.models import AuditChain, AuditEvent
from audit.trail import Actor
from portal import registration
from portal.pins.storage import live_pins
from portal.sheets import printing
from practice import terms
from tests import people

EDITORS = {"front desk", "clinician", "administrator"}  # the daily work: charts, schedule, PINs
VIEWERS = EDITORS | {"viewer"}  # see charts and the schedule
STAFF = VIEWERS | {"auditor", "unlinked", "inactive"}  # the last two have no access
EVERYBODY = STAFF | {"anonymous", "family"}
METHODS = ["get", "head", "post", "put", "patch", "delete"]
PARENT = Actor(None, "198.51.100.7")
UNKNOWN = "99999999999" + str(damm.calc_check_digit("99999999999"))  # well formed, never issued
PASSWORD = "correct horse battery staple"

# --- Who may -------------------------------------------------------------------------------------


def client_of(role):
    """A browser in which somebody with this role is signed in; nobody for "anonymous"."""
    email = f"{role.replace(' ', '-')}@roles.example"
    if role == "anonymous":
        return Client()
    if role == "family":
        return people.signed_in(people.family_user(email))
    if role == "unlinked":
        return people.signed_in(people.staff_user(email))
    record_role = "front_desk" if role == "inactive" else role.replace(" ", "_")
    user = people.staff(role.title(), record_role, email=email)
    StaffRecord.objects.filter(user=user).update(is_active=role != "inactive")
    return people.signed_in(user)


def outcome(response):
    """The outcome of a response, in words."""
    if response.headers.get("Location", "").startswith(reverse("account_login")):
        return "sign in"
    words = {403: "refused", 404: "not found", 405: "wrong method"}
    return words.get(response.status_code, "allowed" if response.status_code < 400 else str(response.status_code))


def allowed_roles(method, url):
    """The roles that may open the page. The others must be refused, and refused staff and families recorded."""
    allowed = set()
    for role in sorted(EVERYBODY):
        refusals = AuditEvent.objects.filter(action="access.refused")
        before = refusals.count()
        response = getattr(client_of(role), method)(url)
        if outcome(response) == "allowed":
            allowed.add(role)
        elif role == "anonymous":
            assert response.headers["Location"] == f"{reverse('account_login')}?next={url}"
        else:
            assert (role, outcome(response), refusals.count()) == (role, "refused", before + 1)
    return allowed


def refused_methods(client, url):
    """The methods that the page refuses."""
    return {method for method in METHODS if getattr(client, method)(url).status_code == 405}


# --- What is recorded ----------------------------------------------------------------------------


def trail():
    """The audit trail as (action, patient id), oldest first."""
    return list(AuditEvent.objects.order_by("pk").values_list("action", "patient_id"))


def everything_but(*models):
    """All rows of all tables except those of these models (and AuditChain, which changes with each line)."""
    left_out = {Session, AuditChain, *models}
    kept = [model for model in apps.get_models(include_auto_created=True) if model not in left_out]
    return {model._meta.label: list(model.objects.order_by("pk").values_list()) for model in kept}


def queries(call):
    """The number of queries of a call."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


# --- At the desk ---------------------------------------------------------------------------------


def issued(by, *links):
    """Issue PINs for these links of one contact. Return them in clear, by given name."""
    ids = [link.pk for link in links]
    numbers = registration.issue(contact=links[0].contact, family_contact_ids=ids, by=by).pins
    return {link.patient.given_name: numbers[link.pk] for link in links}


def printed(by, *links):
    """Issue PINs like ``issued``, and mark them as printed on one sheet. The sheet is not drawn, to save time."""
    numbers = issued(by, *links)
    contact = links[0].contact
    with transaction.atomic():
        live = live_pins(contact, [link.pk for link in links], by=by)
        printing.mark_printed(drawn=printing.Drawn(b"", [(contact, live)]), by=by)
    return numbers


def children_of(person, count):
    """Create this many more children of the contact. Return the links."""
    first = person.family_contacts.count()
    return [
        people.link(
            person, people.patient(f"9{number:05}", "Kim", person.family_name, people.years_ago(4 + number % 8))
        )
        for number in range(first, first + count)
    ]


def pdf_text(document):
    pages = pypdfium2.PdfDocument(io.BytesIO(document))
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


# --- At home -------------------------------------------------------------------------------------


def typed(number, born, **changes):
    """What a parent types on the first page."""
    return {
        "csrfmiddlewaretoken": "as-every-form-has-one",
        "pin": number,
        "birth_date_month": born.month,
        "birth_date_day": born.day,
        "birth_date_year": born.year,
        **changes,
    }


def guesses(count, *, first=0):
    """This many different well-formed PINs that were never issued."""
    numbers = (f"{number:011}" for number in range(first, first + count))
    return [number + str(damm.calc_check_digit(number)) for number in numbers]


def prove(client, number, patient):
    return client.post(reverse("signup:register"), typed(number, patient.birth_date))


def confirm(client):
    """Confirm that the parent is the guardian on the sheet."""
    return client.post(reverse("signup:register_you"), {"is_guardian": "yes"})


def answer(client, email="ana@mail.example"):
    """Answer the steps before the last one: who you are, and the e-mail."""
    confirm(client)
    return client.post(reverse("signup:register_email"), {"email": email})


def registered(by, *links, email="parent@mail.example"):
    """Register these children. Return the user of the links' contact."""
    numbers = issued(by, *links)
    proven = [
        registration.prove(pin=numbers[link.patient.given_name], birth_date=link.patient.birth_date, by=PARENT).pk
        for link in links
    ]
    newest = terms.current()
    sign_in = registration.NewSignIn(email, PASSWORD, terms=newest.number if newest else 0)
    return registration.redeem(proven=proven, sign_in=sign_in, by=PARENT)
