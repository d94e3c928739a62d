"""``make bench``: measure the window, sheet, calendar, run of sheets, and audit trail, as ratios to a floor.

Times on a shared machine vary; ratios within one run do not. The floor of a page is the smallest page through the
same middleware. The floor of a sheet is a one-line PDF from WeasyPrint. All times are medians.
"""

import os
import resource
import statistics
import time
from collections.abc import Callable
from datetime import time as time_of_day
from datetime import timedelta
from http import HTTPStatus

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("LOG_LEVEL", "WARNING")  # log lines of requests would hide the figures
django.setup()

from django.db import connection  # noqa: E402  # Django must be set up before its parts are imported
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402
from django.urls import path, reverse  # noqa: E402
from weasyprint import HTML  # noqa: E402

from accounts.access import public_page  # noqa: E402
from appointments import local_time  # noqa: E402
from appointments.models import Appointment, Provider, WorkingHours  # noqa: E402
from audit.trail import Actor  # noqa: E402
from bench import audit  # noqa: E402
from patients.ages import today  # noqa: E402
from patients.models import FamilyContact  # noqa: E402
from pinportal.urls import urlpatterns as product_urls  # noqa: E402
from portal import registration, worklist  # noqa: E402
from portal.desk import runs  # noqa: E402
from portal.models import Pin  # noqa: E402
from portal.pins import sealing  # noqa: E402
from portal.sheets import sheet  # noqa: E402
from tests import people  # noqa: E402

RUNS = 40
CHILDREN = (1, 3, 6)
VISITS = (20, 200)
FAMILIES = 100


@public_page
def floor(request: HttpRequest) -> HttpResponse:
    return HttpResponse("floor")


urlpatterns = [path("floor/", floor), *product_urls]


def median(action: Callable[[], object], runs: int = RUNS) -> float:
    """The median of some runs in milliseconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        action()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def family(children: int) -> list[FamilyContact]:
    return family_named(f"Okafor {children}", children)


def family_named(name: str, children: int) -> list[FamilyContact]:
    mother = people.contact("Ngozi", name)
    born = [people.years_ago(age + 2) for age in range(children)]
    named = [people.patient(f"{name}-{age}", "Ada", name, born[age]) for age in range(children)]
    return [people.link(mother, child) for child in named]


def window(client: Client, page_floor: float) -> None:
    print(f"{'window':<22}{'queries':>8}{'ms':>8}{'x floor':>9}")
    print(f"{'  floor page':<22}{'':>8}{page_floor:>8.2f}{1:>9.1f}")
    for children in CHILDREN:
        address = reverse("desk:window", args=[family(children)[0].pk])
        client.get(address, headers={"HX-Request": "true"})
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address, headers={"HX-Request": "true"})
        count = len(queries)  # count now: the next request clears Django's query log
        if answer.status_code != HTTPStatus.OK:
            raise SystemExit(f"{address} answered {answer.status_code}: nothing was measured.")
        taken = median(lambda address=address: client.get(address, headers={"HX-Request": "true"}))
        print(f"{f'  {children} children':<22}{count:>8}{taken:>8.2f}{taken / page_floor:>9.1f}")


def sheets(by: Actor) -> None:
    def drawn(links: list[FamilyContact]) -> Callable[[], object]:
        contact, numbers = links[0].contact, [link.pk for link in links]
        registration.issue(contact=contact, family_contact_ids=numbers, by=by)
        live = Pin.objects.filter(registration__family_contact__in=numbers)
        opened = [
            (pin, sealing.unseal(pin.sealed)) for pin in live.select_related("registration__family_contact__patient")
        ]
        return lambda: sheet.render([sheet.Sheet(contact, opened)])

    actions = {children: drawn(family(children + 10)[:children]) for children in CHILDREN}
    first = median(actions[3], runs=1)
    pdf_floor = median(lambda: HTML(string="<p>floor</p>").write_pdf())
    print(f"\n{'sheet':<30}{'ms':>8}{'x floor':>9}")
    print(f"{'  floor page':<30}{pdf_floor:>8.1f}{1:>9.1f}")
    print(f"{'  3 children, the first':<30}{first:>8.1f}{first / pdf_floor:>9.1f}")
    for children, action in actions.items():
        taken = median(action)
        print(f"{f'  {children} children, later':<30}{taken:>8.1f}{taken / pdf_floor:>9.1f}")


def days(client: Client, page_floor: float) -> None:
    """The day view of a small and a large practice: the same twelve providers, more visits."""
    providers = [Provider.objects.create(name=f"Dr. Number {number:02}") for number in range(12)]
    for provider in providers:
        for weekday in range(7):
            WorkingHours.objects.create(provider=provider, weekday=weekday, starts=time_of_day(8), ends=time_of_day(17))
    patients = [link.patient for number in range(50) for link in family_named(f"Day {number}", 4)]
    print(f"\n{'day view, 12 providers':<26}{'queries':>8}{'bytes':>9}{'ms':>8}{'x floor':>9}")
    for number, visits in enumerate(VISITS):
        day = today() + timedelta(days=number)
        for place, patient in enumerate(patients[:visits]):
            minutes = 8 * 60 + 30 * (place // 12)
            start = local_time.at(day, time_of_day(minutes // 60, minutes % 60))
            Appointment.objects.create(patient=patient, provider=providers[place % 12], start=start, duration=25)
        for name, address, headers in (
            ("page", f"{reverse('appointments:day')}?day={day.isoformat()}", {}),
            ("refresh", f"{reverse('appointments:day')}?day={day.isoformat()}&refresh=1", {"HX-Request": "true"}),
        ):
            client.get(address, headers=headers)
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address, headers=headers)
            count = len(queries)
            taken = median(lambda address=address, headers=headers: client.get(address, headers=headers), runs=15)
            size = len(answer.content)
            print(f"{f'  {visits} visits, {name}':<26}{count:>8}{size:>9}{taken:>8.1f}{taken / page_floor:>9.1f}")


def run_of_sheets(by: Actor) -> None:
    """Register and print for a hundred families with two children, from the dry run's list to the PDF."""
    day = today() + timedelta(days=len(VISITS))
    provider = Provider.objects.create(name="Dr. Batch")
    for number in range(FAMILIES):
        for link in family_named(f"Batch {number}", 2):
            Appointment.objects.create(patient=link.patient, provider=provider, start=local_time.bounds(day)[0])
    started = time.perf_counter()
    listed = worklist.read(day)
    read = time.perf_counter() - started
    run = runs.plan(day=day, families=list(listed.families), by=by)
    started = time.perf_counter()
    document = runs.carry_out(run=run, by=by)
    taken = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nrun of {FAMILIES} families: list read in {read:.2f} s; issued, rendered, and marked in {taken:.1f} s,")
    print(f"  {len(document) / 1024:.0f} kB of PDF; peak memory of the process so far {peak:.0f} MB")


def main() -> None:
    database = connection.creation.create_test_db(verbosity=0)
    try:
        desk = people.staff("Dana Ortiz", "front_desk")
        client = people.signed_in(desk)
        client.defaults["SERVER_NAME"] = "localhost"
        with override_settings(ROOT_URLCONF="bench.__main__"):
            page_floor = median(lambda: client.get("/floor/"))
            window(client, page_floor)
            days(client, page_floor)
        sheets(Actor(desk, ""))
        run_of_sheets(Actor(desk, ""))
        audit.bench()
    finally:
        connection.creation.destroy_test_db(database, verbosity=0)


if __name__ == "__main__":
    main()
