"""A child whose name is markup that loads a file: it is shown as text everywhere, and nothing is loaded (attack 14)."""

import io
import socket

import pypdf
import pytest
from django.urls import reverse

from audit.trail import Actor
from patients.models import Patient
from portal.sheets import sheet as sheets
from tests import people
from tests.portal import days, steps


@pytest.fixture
def trap():
    """A socket that notices a request."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        yield listening


def test_a_name_of_markup_is_text_on_every_page_and_on_the_sheet(as_front_desk, front_desk, rivera, trap):
    evil = f"<img src=http://127.0.0.1:{trap.getsockname()[1]}/x><link rel=attachment href=file:///etc/passwd>"
    Patient.objects.filter(pk=rivera.mateo.pk).update(given_name=evil)
    rivera.mateo.refresh_from_db()
    link = rivera.link(rivera.ana, rivera.mateo)
    days.comes(rivera.mateo)
    parent = people.signed_in(steps.registered(Actor(front_desk, ""), link))
    luis = rivera.link(rivera.luis, rivera.mateo)
    window = reverse("desk:window", args=[luis.pk])
    for_staff = ["desk:worklist", "office:administration", "office:dashboard", "appointments:day"]
    of_chart = ["patients:chart", "patients:edit", "patients:family_contacts", "desk:history"]
    pages = [as_front_desk.get(reverse(name)) for name in for_staff]
    pages += [as_front_desk.get(reverse(name, args=[rivera.mateo.pk])) for name in of_chart]
    pages += [
        as_front_desk.get(reverse("appointments:tracking")),
        as_front_desk.get(reverse("appointments:patient_appointments", args=[rivera.mateo.pk])),
        as_front_desk.get(window),
        as_front_desk.post(reverse("desk:issue", args=[luis.pk]), {"child": luis.pk}),
        as_front_desk.post(reverse("patients:search"), {"query": "100001"}),
        parent.get(reverse("family:children")),
    ]
    wrong = [page for page in pages if page.status_code != 200 or "<img src=http" in page.text]
    assert [page.request["PATH_INFO"] for page in wrong] == []
    assert sum("&lt;img src=http" in page.text for page in pages) >= 10
    sheet = as_front_desk.post(reverse("desk:print", args=[luis.pk]), {"child": luis.pk})
    assert "<img src=http" in steps.pdf_text(sheet.content)
    assert b"root:" not in sheet.content
    assert not pypdf.PdfReader(io.BytesIO(sheet.content)).attachments
    with pytest.raises(TimeoutError):
        trap.accept()


def test_a_page_drawn_for_families_fetches_nothing(trap, tmp_path):
    """The second line of defense: if markup ever got into a page unescaped, it would still load nothing."""
    secret = tmp_path / "secret.txt"
    secret.write_text("what only the server may read")
    site = f"http://127.0.0.1:{trap.getsockname()[1]}"
    html = (
        f'<html lang="en"><head><title>Sheet</title><link rel="stylesheet" href="{site}/style.css">'
        f'<link rel="attachment" href="{secret.as_uri()}"></head>'
        f'<body><p>Mateo</p><img src="{site}/x.png" alt="x"><img src="{secret.as_uri()}" alt="y"></body></html>'
    )
    document = sheets.draw(html, paper="letter", style_file="css/portal/family/record.css")
    assert "Mateo" in steps.pdf_text(document)
    assert not pypdf.PdfReader(io.BytesIO(document)).attachments
    with pytest.raises(TimeoutError):
        trap.accept()
