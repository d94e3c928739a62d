"""The whole story in a real browser: from the desk's sign-in to Registered on the parent's phone."""

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse

from audit.models import AuditEvent
from patients.models import Patient
from portal.models import Registration
from practice.models import Practice
from tests import people
from tests.accessibility import axe
from tests.appointments import schedules

pytestmark = [pytest.mark.usefixtures("transactional_db"), pytest.mark.postgres]
PASSWORD = "a quiet street after rain"


@pytest.fixture(autouse=True)
def sunnyside(settings, live_server):
    settings.PORTAL_URL = live_server.url
    Practice.objects.create(pk=1, name="Sunnyside Pediatrics", phone="(614) 555-0100")


@pytest.fixture
def desk(page, live_server, front_desk):
    """The front desk's browser, signed in."""
    sign_in(page, live_server, front_desk.email)
    page.wait_for_url("**/patients/")
    return page


def sign_in(page, live_server, email):
    page.goto(live_server.url)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(people.PASSWORD)
    page.keyboard.press("Enter")


def open_family_contacts(desk, query):
    """Search and open with the keyboard alone."""
    desk.locator("#find").fill("")
    desk.keyboard.press("/") if desk.evaluate("document.activeElement.id") != "find" else None
    desk.keyboard.type(query)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/patients/*/")
    desk.get_by_role("link", name="Family Contacts").click()
    desk.wait_for_url("**/family-contacts/")


def open_window(desk):
    desk.get_by_role("link", name="Create/Validate Portal Account").press("Enter")
    desk.locator("#registration-window").wait_for()


def printed_sheet(desk, press):
    """What the new tab receives, as (text, address in the QR code)."""
    documents = []

    def keep(route):
        answer = route.fetch()
        documents.append(answer.body())
        route.fulfill(response=answer)

    desk.context.route("**/print/", keep)
    with desk.context.expect_page() as opened:
        press()
    opened.value.wait_for_load_state()
    (page,) = pypdfium2.PdfDocument(documents[0])
    (code,) = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    return page.get_textpage().get_text_range(), code.text


def fill_birth_date(form, birth_date):
    form.get_by_label("Month").fill(str(birth_date.month))
    form.get_by_label("Day").fill(str(birth_date.day))
    form.get_by_label("Year").fill(str(birth_date.year))


@pytest.mark.shows_pdf
def test_from_sign_in_to_registered(desk, new_context, live_server, rivera):
    Patient.objects.filter(pk=rivera.baby.pk).update(given_name="Diego")
    rivera.ana.language = "en"
    rivera.ana.save()
    open_family_contacts(desk, "mat riv")
    axe(desk)

    open_window(desk)
    axe(desk)
    desk.keyboard.press("Enter")  # Register has the focus
    desk.locator("output").first.wait_for()
    axe(desk)
    shown = desk.locator("output").all_inner_texts()
    assert len(shown) == 3

    text, address = printed_sheet(desk, lambda: desk.keyboard.press("Enter"))  # now Print has it
    assert all(pin in text for pin in shown)
    desk.bring_to_front()
    desk.keyboard.press("Enter")  # and now Close
    desk.locator("dialog[open]").wait_for(state="detached")
    desk.get_by_text("Pending Registration").first.wait_for()  # in the chart behind, without a reload

    phone = new_context().new_page()
    phone.set_viewport_size({"width": 390, "height": 800})
    phone.goto(address)
    assert phone.url == f"{live_server.url}/register/"
    assert phone.get_by_text("We filled in all 3 PINs from your sheet.").is_visible()
    axe(phone)
    children = {child.given_name: child for child in Patient.objects.all()}
    fill_birth_date(phone, children["Sofia"].birth_date)  # any child on the sheet
    phone.get_by_role("button", name="Continue").click()
    phone.wait_for_url("**/register/children/")
    axe(phone)
    for question in phone.locator(".child-question").all():
        fill_birth_date(question, children[question.get_by_role("heading").inner_text()].birth_date)
    phone.get_by_role("button", name="Continue").click()
    phone.wait_for_url("**/register/you/")
    axe(phone)
    phone.get_by_role("button", name="Yes, I am Ana").click()
    phone.wait_for_url("**/register/email/")
    axe(phone)
    phone.get_by_label("E-mail").fill("ana@example.com")
    phone.get_by_role("button", name="Continue").click()
    phone.wait_for_url("**/register/account/")
    axe(phone)
    phone.get_by_label("Password").fill(PASSWORD)
    phone.get_by_role("button", name="Finish").click()
    phone.wait_for_url("**/my/children/")
    axe(phone)
    assert phone.get_by_text("Registered", exact=True).count() == 3
    assert Registration.objects.filter(status="registered").count() == 3

    desk.reload()
    desk.get_by_text("Registered", exact=True).first.wait_for()
    assert AuditEvent.objects.filter(action="pin.redeemed").count() == 3


def test_the_newborns_name_is_fixed_from_the_row_and_leads_back_to_the_window(desk, rivera):
    open_family_contacts(desk, "mateo")
    open_window(desk)
    row = desk.get_by_role("row", name="Baby Boy Rivera")
    assert row.get_by_role("checkbox").count() == 0
    row.get_by_role("link", name="Enter the given name").click()
    desk.wait_for_url("**/edit/**")
    axe(desk)
    desk.get_by_label("Given name").or_(desk.get_by_label("First name")).first.fill("Diego")
    desk.get_by_role("button", name="Save").click()
    desk.wait_for_url("**/registration/*/")
    assert desk.get_by_role("row", name="Diego Rivera").get_by_role("checkbox").is_checked()
    axe(desk)


def test_an_unlinked_sign_in_asks_and_works_as_soon_as_it_is_linked(
    page, new_context, live_server, unlinked, administrator, rivera
):
    sign_in(page, live_server, unlinked.email)
    page.wait_for_url("**/no-access/")
    assert page.get_by_text("is not linked to a staff record").count() == 1
    assert page.get_by_text("Morgan Lee").count() == 1
    axe(page)
    page.get_by_role("button", name="Ask an administrator").click()
    page.get_by_text("You asked on").wait_for()
    axe(page)

    office = new_context().new_page()
    sign_in(office, live_server, administrator.email)
    office.get_by_role("link", name="Dashboard", exact=True).click()
    axe(office)
    office.get_by_role("link", name="Add staff record").click()
    axe(office)
    office.get_by_label("Name").fill("New Comer")
    office.get_by_label("Role").select_option(label="Front desk")
    office.get_by_role("button", name="Save").click()
    office.wait_for_url("**/staff/")

    page.get_by_role("link", name="Try again").click()
    page.wait_for_url("**/patients/")
    open_family_contacts(page, "mateo")
    open_window(page)
    page.keyboard.press("Enter")
    page.locator("output").first.wait_for()
    assert Registration.objects.filter(status="pending").count() == 2

    office.get_by_role("link", name="New Comer").click()
    office.get_by_label("Linked sign-in").select_option(label="Not linked")
    office.get_by_role("button", name="Save").click()
    office.get_by_text("New Comer is signed out everywhere.").wait_for()
    axe(office)
    office.get_by_role("button", name="Save and sign out New Comer").click()
    office.get_by_text(f"{unlinked.email} is signed out everywhere.").wait_for()
    page.goto(live_server.url + "/patients/")
    page.wait_for_url("**/accounts/login/**")


def test_a_viewer_reads_in_the_window_why_there_are_no_buttons(page, live_server, viewer, administrator, rivera):
    sign_in(page, live_server, viewer.email)
    page.wait_for_url("**/patients/")
    open_family_contacts(page, "mateo")
    open_window(page)
    assert page.get_by_text("Your role (Viewer) does not allow you to issue").count() == 1
    assert page.get_by_text("Morgan Lee can change this").count() == 1
    assert page.get_by_role("button", name="Register").count() == 0
    assert page.get_by_text("Sofia Rivera").count() > 0
    axe(page)
    page.keyboard.press("Enter")  # Close has the focus
    page.locator("#dialog").wait_for(state="hidden")

    visit = schedules.visit(rivera.mateo, schedules.today_at(9))
    page.goto(live_server.url + reverse("appointments:appointment", args=[visit.pk]))
    assert page.get_by_text("View only. Your role (Viewer) does not allow you to change appointments.").count() == 1
    page.get_by_role("link", name="Create/Validate Portal Account").click()  # works although the fields are disabled
    page.locator("#registration-window").wait_for()
    axe(page)


def test_switch_issue_new_pin_and_revoke_in_the_window(desk, rivera):
    open_family_contacts(desk, "mateo")
    open_window(desk)
    desk.locator("#registration-window").get_by_role("link", name="Luis Rivera").click()
    desk.locator(".guardian-name", has_text="Luis Rivera").wait_for()
    desk.get_by_role("button", name="Register").click()
    row = desk.get_by_role("row", name="Mateo Rivera")
    row.locator("output").wait_for()
    first = row.locator("output").inner_text()
    row.get_by_role("link", name="Issue New PIN").click()
    axe(desk)
    desk.get_by_role("button", name="Issue New PIN").click()
    row.locator("output").wait_for()
    assert row.locator("output").inner_text() != first
    row.get_by_role("link", name="Revoke").click()
    desk.get_by_label("Reason").fill("Sheet left in the lobby")
    desk.get_by_role("button", name="Revoke").click()
    row.get_by_text("Reason: Sheet left in the lobby").wait_for()
    assert Registration.objects.get(family_contact__patient=rivera.mateo).status == "removed"


def test_practice_portal_filters_by_status(page, live_server, administrator, rivera):
    sign_in(page, live_server, administrator.email)
    page.get_by_role("link", name="Patient Administration").click()
    page.get_by_text("4 patients").wait_for()
    axe(page)
    page.get_by_label("Pending Registration").check(force=True)
    page.get_by_text("0 patients").wait_for()
    axe(page)
    page.get_by_label("Any status").check(force=True)
    page.locator("#id_query").fill("sof")
    page.get_by_text("1 patient", exact=True).wait_for()
    page.get_by_role("link", name="Sofia Rivera").click()
    page.get_by_text("No PINs for Sofia Rivera yet").wait_for()
    axe(page)
