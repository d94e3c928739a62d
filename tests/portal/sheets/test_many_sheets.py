"""Many sheets and eight at once: memory stays within a bound, and nothing fails (attack 18).

``make bench PART=sheets`` draws all 2,000. ``portal/desk/test_plan_run.py`` tests that too large a run is refused.
"""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.portal.desk.test_runs import database_url

pytestmark = pytest.mark.slow

AT_ONCE = 8
BOUND = 300  # MB; a process that has drawn the largest possible run uses 270

DRAW = """
import re, sys
from pathlib import Path
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from patients.models import Contact, FamilyContact, Patient
from portal.models import Pin, Registration
from portal.pins import numbers
from portal.sheets import sheet
mother, child = Contact(given_name="Ngozi", family_name="Okafor"), Patient(given_name="Ada", family_name="Okafor")
link = FamilyContact(contact=mother, patient=child)
pin = Pin(registration=Registration(family_contact=link), expires_at=timezone.now() + timedelta(days=14))
peaks = []
for _ in range(int(sys.argv[1])):
    document = sheet.render([sheet.Sheet(mother, [(pin, numbers.generate())])] * int(sys.argv[2]))
    assert document.startswith(b"%PDF-")
    # Not getrusage: what it says of a new process begins with what its parent had.
    peaks.append(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
print(peaks[1], peaks[-1])
"""


def drawing(times, sheets):
    env = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", DRAW, str(times), str(sheets)],
        cwd=settings.BASE_DIR,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )


def peaks(process):
    """MB after the second and after the last document."""
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return [int(word) for word in out.split()]


@pytest.mark.usefixtures("transactional_db")
def test_memory_does_not_grow_with_the_number_of_documents():
    second, last = peaks(drawing(8, 8))
    assert last - second < 15


@pytest.mark.usefixtures("transactional_db")
def test_eight_at_once_stay_within_the_bound():
    found = [peaks(process) for process in [drawing(2, 8) for _ in range(AT_ONCE)]]
    assert max(max(each) for each in found) < BOUND
