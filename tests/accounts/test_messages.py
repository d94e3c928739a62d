"""Messages on a page, for example with a child's name, stay on the server and end with the session."""

from django.urls import reverse

from tests import people


def test_no_name_is_in_a_cookie_or_shown_to_the_next_user(as_front_desk, clinician, rivera):
    page = reverse("patients:edit", args=[rivera.mateo.pk])
    initial = as_front_desk.get(page).context["form"].initial
    values = {name: "" if value is None else str(value) for name, value in initial.items()}
    values["birth_date"] = rivera.mateo.birth_date.strftime("%m/%d/%Y")
    answer = as_front_desk.post(page, values)
    assert answer.status_code == 302
    assert not [each for each in answer.cookies.values() if "Mateo" in each.value]
    assert "messages" not in as_front_desk.cookies
    as_front_desk.post(reverse("account_logout"))
    sign_in = {"login": clinician.email, "password": people.PASSWORD}
    assert "Mateo" not in as_front_desk.post(reverse("account_login"), sign_in, follow=True).text
