"""The search: what it finds, and the page around it."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from patients.models import Patient, PatientAlias
from patients.search import find_contacts, find_patients
from tests import people

pytestmark = pytest.mark.postgres

URL = "/patients/"


@pytest.fixture
def mateo(rivera):
    rivera.mateo.birth_date = date(2018, 3, 14)
    rivera.mateo.save()
    return rivera.mateo


@pytest.mark.parametrize(
    "query",
    [
        "mateo rivera",
        "riv mat",
        " RIV  Mat ",
        "rivera, mateo",
        "Ｍａｔｅｏ",
        "100001",
        "rivera 2018-03-14",
        "3/14/2018",
        "03-14-18 riv",
        "14 Mar 2018",
        "March 14 2018",
        "20180314",
        "mateo 2018",
        "mateo 555-0141",
        "mateo (212) 555-0141",
        "mateo +1 212 555 0141",
        "mateo 0141",
    ],
)
def test_finds_mateo_alone(mateo, query):
    assert list(find_patients(query)) == [mateo]


@pytest.mark.parametrize("query", ["2125550141", "12125550141", "212.555.0141", "0141", "rivera"])
def test_finds_all_children_of_the_family(rivera, query):
    assert set(find_patients(query)) == set(rivera.children)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "\0",
        "🎉",
        "teo",
        "ivera",
        "mateo rivera smith",
        "9/9/1999",
        "mateo 555-9999",
        "mateo 📞 zzz",
        "%",
        "_",
    ],
)
def test_finds_nobody(rivera, query):
    assert list(find_patients(query)) == []


@pytest.mark.parametrize("query", ["o'neil", "O’Neil", "oneil", "ONEIL nora", "liam o'n"])
def test_apostrophes_do_not_matter(oneil, query):
    assert set(find_patients(query)) <= {oneil.nora, oneil.liam}
    assert find_patients(query)


def test_accents_and_hyphens_do_not_matter(db):
    zoe = people.patient("1", "Zoë", "Nguyễn-Søren", None)
    for query in ["zoe nguyen", "soren", "nguyen-soren", "ZOË"]:
        assert list(find_patients(query)) == [zoe]


def test_alias_and_preferred_name(rivera):
    rivera.mateo.preferred_name = "Teo"
    rivera.mateo.save()
    PatientAlias.objects.create(patient=rivera.sofia, name="Vargas, Baby Girl")
    assert list(find_patients("teo")) == [rivera.mateo]
    assert list(find_patients("vargas")) == [rivera.sofia]


def test_phone_without_area_code_in_the_record(rivera):
    rivera.mateo.phone = "555 7788"
    rivera.mateo.save()
    assert list(find_patients("212-555-7788")) == [rivera.mateo]


def test_exact_chart_number_comes_first_and_active_before_the_rest(db):
    longer = people.patient("777-1", "Aaa", "Aaa", None)
    exact = people.patient("777", "Zzz", "Zzz", None, status=Patient.Status.INACTIVE)
    gone = people.patient("777-0", "Aaa", "Aa", None, status=Patient.Status.TRANSFERRED)
    assert list(find_patients("777")) == [exact, longer, gone]


def test_contacts_by_name_phone_and_email(rivera):
    assert list(find_contacts("ana riv")) == [rivera.ana]
    assert list(find_contacts("212 555 0143")) == [rivera.elena]
    assert list(find_contacts("luis.rivera@")) == [rivera.luis]
    assert list(find_contacts(" ")) == []


@pytest.mark.usefixtures("db")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_any_text_is_searched_without_error(query):
    list(find_patients(query))
    list(find_contacts(query))


# --- The page ------------------------------------------------------------------------------------


def test_page_has_an_empty_box_and_says_what_to_type(as_front_desk):
    page = as_front_desk.get(URL)
    assert page.status_code == 200
    assert "Who is here?" in page.text


def test_a_query_in_the_address_is_not_read(as_front_desk, rivera):
    assert "Mateo" not in as_front_desk.get(URL, {"query": "mateo"}).text


def test_results_as_page_and_as_part(as_front_desk, rivera):
    page = as_front_desk.post(URL, {"query": "mat"})
    assert "<mark>Mat</mark>eo" in page.text
    assert "8 years" in page.text
    assert "Unregistered" in page.text
    part = as_front_desk.post(URL, {"query": "mat"}, headers={"HX-Request": "true", "HX-Target": "results"})
    assert "<mark>Mat</mark>eo" in part.text
    assert "<html" not in part.text


def test_enter_opens_the_first(as_front_desk, rivera):
    response = as_front_desk.post(URL, {"query": "mateo", "go": "first"})
    assert response.headers["Location"] == reverse("patients:chart", args=[rivera.mateo.pk])


def test_enter_with_no_result_says_so(as_front_desk):
    assert "No patients found" in as_front_desk.post(URL, {"query": "zzz", "go": "first"}).text


def test_status_that_is_not_active_is_shown(as_front_desk, rivera):
    Patient.objects.filter(pk=rivera.mateo.pk).update(status=Patient.Status.TRANSFERRED)
    assert '<span class="tag">Transferred</span>' in as_front_desk.post(URL, {"query": "mateo"}).text


def test_more_than_fit_are_cut_with_advice(as_front_desk, db):
    for number in range(51):
        people.patient(str(number), f"Kid{number}", "Many", None)
    page = as_front_desk.post(URL, {"query": "many"}).text
    assert page.count("data-result") == 50
    assert "Showing the first 50. Type more" in page


def test_name_is_text_not_markup(as_front_desk, db):
    people.patient("1", "<img src=x>", "<b>Evil</b>", None)
    page = as_front_desk.post(URL, {"query": "evil"}).text
    assert "<img src=x" not in page
    assert "<b>Evil" not in page


@pytest.mark.parametrize("query", ["a" * 200_000, "1" * 100_000, "\0\0", "\u202eevil", "٣/١٤/٢٠١٨", "' OR 1=1 --"])
def test_hostile_queries_get_an_answer(as_front_desk, query):
    assert as_front_desk.post(URL, {"query": query}).status_code == 200


def test_a_search_leaves_one_line_with_everybody_whose_name_was_shown(as_front_desk, rivera):
    as_front_desk.post(URL, {"query": "rivera"})
    event = AuditEvent.objects.get()
    assert (event.action, event.patient_id, event.detail["page"]) == ("patients.listed", None, "search")
    assert sorted(map(int, event.detail["patients"].split())) == sorted(child.pk for child in rivera.children)


def test_a_search_that_shows_nobody_leaves_no_line(as_front_desk, rivera):
    as_front_desk.get(URL)
    as_front_desk.post(URL, {"query": "nobody of that name"})
    assert as_front_desk.post(URL, {"query": "mateo", "go": "first"}).status_code == 302  # the chart records itself
    assert not AuditEvent.objects.exists()


def test_query_count_does_not_grow_with_results(as_front_desk, rivera, queries_of):
    one = queries_of(lambda: as_front_desk.post(URL, {"query": "mateo"}))
    four = queries_of(lambda: as_front_desk.post(URL, {"query": "rivera"}))
    assert one == four


def test_strangers_sign_in_first(client: Client):
    assert client.get(URL).headers["Location"] == f"/accounts/login/?next={URL}"


def test_families_are_refused(as_family):
    assert as_family.get(URL).status_code == 403
    assert AuditEvent.objects.get().action == "access.refused"


def test_viewers_may_look_and_the_unlinked_may_not(as_viewer, as_unlinked):
    assert as_viewer.get(URL).status_code == 200
    assert as_unlinked.get(URL).status_code == 403


def test_inactive_staff_are_refused(as_front_desk, front_desk):
    front_desk.staff_record.is_active = False
    front_desk.staff_record.save()
    page = as_front_desk.get(URL)
    assert page.status_code == 403
    assert "is inactive" in page.text


def test_other_methods(as_front_desk):
    assert as_front_desk.put(URL).status_code == 405
