"""Terms: versions that never change, and who has accepted which."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from audit.models import AuditEvent
from audit.trail import Actor
from practice import terms
from practice.models import Terms, TermsAcceptance, TermsText
from tests.at_once import at_once

pytestmark = pytest.mark.postgres

FIRST = {"en": "Be kind.", "es": "Sea amable."}


@pytest.fixture
def by(administrator):
    return Actor(administrator, "192.0.2.1")


@pytest.fixture
def published(by):
    return terms.publish(texts=FIRST, by=by)


@pytest.fixture
def of_family(family_user):
    return Actor(family_user, "192.0.2.2")


def lines(action):
    return list(AuditEvent.objects.filter(action=action).values_list("user", "detail"))


def test_without_terms_nothing_is_asked(family_user):
    assert terms.current() is None
    assert terms.must_accept(family_user) is None


def test_publishing_makes_the_first_version(by, published):
    assert terms.current() == published
    assert (published.number, published.published_by) == (1, by.user)
    assert {text.language: text.text for text in published.texts.all()} == FIRST
    assert lines("terms.published") == [(by.user.pk, {"version": 1, "languages": ["en", "es"]})]


def test_the_next_version_is_current_and_the_first_stays(by, published):
    second = terms.publish(texts={"en": "Be kind and call us."}, by=by, seen=1)
    assert (terms.current(), second.number) == (second, 2)
    assert terms.text_of(published, "es").text == "Sea amable."


@pytest.mark.parametrize(("language", "words"), [("es", "Sea amable."), ("es-mx", "Sea amable."), ("ar", "Be kind.")])
def test_text_in_the_language_asked_for_or_in_english(published, language, words):
    assert terms.text_of(published, language).text == words


def test_lines_are_tidied(by):
    made = terms.publish(texts={"en": "\r\nBe kind. \r\n\r\nCall us.\r\n", "es": " \n"}, by=by)
    assert {text.language: text.text for text in made.texts.all()} == {"en": "Be kind.\n\nCall us."}


@pytest.mark.parametrize(
    ("texts", "seen", "words"),
    [
        ({"es": "Sea amable."}, 1, "Enter the English text"),
        ({"en": " \n "}, 1, "Enter the English text"),
        ({"en": "Be good.", "tlh": "Qapla'"}, 1, "no pages in “tlh”"),
        ({"en": "x" * 20_001}, 1, "20,000 characters"),
        (FIRST, 1, "same as the published version"),
        ({"en": "Be good."}, 0, "A colleague has just published"),
        ({"en": "Be good."}, 2, "A colleague has just published"),
    ],
)
def test_refused(by, published, texts, seen, words):
    with pytest.raises(terms.NotPublished, match=words):
        terms.publish(texts=texts, by=by, seen=seen)
    assert (Terms.objects.count(), TermsText.objects.count(), len(lines("terms.published"))) == (1, 2, 1)


def test_a_family_accepts_once_in_the_language_of_the_page(published, family_user, of_family):
    assert terms.must_accept(family_user) == published
    for language in ("es", "en"):
        with translation.override(language):
            terms.accept(user=family_user, terms=published, by=of_family)
    assert terms.must_accept(family_user) is None
    assert TermsAcceptance.objects.get().language == "es"
    detail = {"account": family_user.pk, "version": 1, "language": "es"}
    assert lines("terms.accepted") == [(family_user.pk, detail)]


def test_what_was_shown_in_english_is_noted_as_english(published, family_user, of_family):
    with translation.override("fr"):
        assert terms.accept(user=family_user, terms=published, by=of_family).language == "en"


def test_a_newer_version_must_be_accepted_too(by, published, family_user, of_family):
    terms.accept(user=family_user, terms=published, by=of_family)
    second = terms.publish(texts={"en": "Be good."}, by=by)
    assert terms.must_accept(family_user) == second
    terms.accept(user=family_user, terms=second, by=of_family)
    assert terms.must_accept(family_user) is None


def test_staff_accept_nothing(published, front_desk):
    assert terms.must_accept(front_desk) is None


def test_the_words_are_not_in_the_trail(published):
    assert "kind" not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    "make",
    [
        lambda made, user: Terms.objects.create(number=1),
        lambda made, user: Terms.objects.create(number=0),
        lambda made, user: TermsText.objects.create(terms=made, language="es", text="Otra vez"),
        lambda made, user: TermsText.objects.create(terms=made, language="ar", text=""),
        lambda made, user: [TermsAcceptance.objects.create(terms=made, user=user, language="en") for _ in "12"],
    ],
    ids=["same number", "number 0", "same language", "no words", "accepted twice"],
)
def test_the_database_refuses(published, family_user, make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(published, family_user)
    connection.check_constraints()


@pytest.mark.usefixtures("transactional_db")
def test_of_two_who_publish_at_once_the_second_is_told(administrator):
    by = Actor(administrator, "192.0.2.1")
    made = at_once(*[lambda n=n: terms.publish(texts={"en": f"Be kind {n}."}, by=by, seen=0) for n in range(3)])
    assert [each.number for each in made if isinstance(each, Terms)] == [1]
    assert sum(isinstance(each, terms.NotPublished) for each in made) == 2
    assert (Terms.objects.count(), len(lines("terms.published"))) == (1, 1)


@pytest.mark.usefixtures("transactional_db")
def test_a_family_that_accepts_twice_at_once_accepts_once(administrator, family_user):
    made = terms.publish(texts=FIRST, by=Actor(administrator, "192.0.2.1"))
    accept = lambda: terms.accept(user=family_user, terms=made, by=Actor(family_user, "192.0.2.2"))  # noqa: E731
    assert len({each.pk for each in at_once(accept, accept)}) == 1
    assert len(lines("terms.accepted")) == 1
