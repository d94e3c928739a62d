"""**Terms for families** in the Practice Portal: preview, publish, versions."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from audit.trail import Actor
from practice import terms
from practice.models import Terms
from tests.portal import steps

URL = reverse("office:terms_settings")
TEXTS = {"en": "Be kind.\r\n\r\nCall us.", "es": "Sea amable."}


def version_url(number):
    return reverse("office:terms_version", args=[number])


@pytest.fixture
def published(administrator):
    return terms.publish(texts={"en": "Be good."}, by=Actor(administrator, "192.0.2.1"))


@pytest.mark.parametrize(("method", "url"), [("get", URL), ("post", URL), ("get", version_url(1))])
def test_only_for_administrators(published, method, url):
    assert steps.allowed_roles(method, url) == {"administrator"}


def test_methods(as_administrator, published):
    assert steps.refused_methods(as_administrator, URL) == {"put", "patch", "delete"}
    assert steps.refused_methods(as_administrator, version_url(1)) == {"post", "put", "patch", "delete"}


def test_preview_shows_the_text_and_publishes_nothing(as_administrator):
    before = steps.everything_but()
    page = as_administrator.post(URL, {**TEXTS, "en": "<script>alert(1)</script>\n\nCall us.", "seen": "0"})
    assert "Publish version 1" in page.text
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>" in page.text
    assert "<p>Sea amable.</p>" in page.text
    assert steps.everything_but() == before


def test_publish_makes_a_version(as_administrator, administrator):
    page = as_administrator.post(URL, {**TEXTS, "seen": "0", "publish": "1"}, follow=True)
    assert "Version 1 published." in page.text
    made = Terms.objects.get()
    assert {text.language: text.text for text in made.texts.all()} == {
        "en": "Be kind.\n\nCall us.",
        "es": "Sea amable.",
    }
    assert [line.action for line in AuditEvent.objects.all()] == ["terms.published"]


def test_versions_with_date_and_how_many_accepted(as_administrator, published, family_user):
    terms.accept(user=family_user, terms=published, by=Actor(family_user, "192.0.2.2"))
    page = as_administrator.get(URL)
    assert "1 sign-in<" in page.text
    assert "Morgan Lee" in page.text
    assert "Be good." in as_administrator.get(version_url(1)).text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"en": "", "seen": "1"}, "Write the English text."),
        ({"en": "Be good.", "seen": "1"}, "same as the published version"),
        ({"en": "Be kind.", "seen": "0"}, "A colleague has just published"),
        ({"en": "Be kind.", "seen": "x"}, "A colleague has just published"),
        ({"en": "Be kind."}, "A colleague has just published"),
        ({"en": "x" * 20_001, "seen": "1"}, "at most 20000 characters"),
    ],
)
def test_refused(as_administrator, published, sent, words):
    before = steps.everything_but()
    page = as_administrator.post(URL, {**sent, "publish": "1"})
    assert (page.status_code, words in page.text) == (200, True)
    assert steps.everything_but() == before


def test_a_version_that_is_not_there(as_administrator):
    assert as_administrator.get(version_url(7)).status_code == 404


def test_the_list_takes_the_same_number_of_queries(as_administrator, administrator, published):
    before = steps.queries(lambda: as_administrator.get(URL))
    terms.publish(texts={"en": "Be kind."}, by=Actor(administrator, "192.0.2.1"))
    assert steps.queries(lambda: as_administrator.get(URL)) == before
