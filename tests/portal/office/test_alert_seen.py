"""Marking an alert as seen."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from portal.models import Alert
from tests.portal import steps


@pytest.fixture
def alert(db):
    now = timezone.now()
    return Alert.objects.create(kind="sign_in", started_at=now, last_at=now)


@pytest.fixture
def url(alert):
    return reverse("office:alert_seen", args=[alert.pk])


def test_alert_seen_notes_who_and_when_once(as_front_desk, front_desk, alert, url):
    page = as_front_desk.post(url, follow=True)
    assert "Marked as seen." in page.text
    alert.refresh_from_db()
    first = alert.seen_at
    assert alert.seen_by == front_desk
    as_front_desk.post(url)
    alert.refresh_from_db()
    assert alert.seen_at == first
    line = AuditEvent.objects.get(action="alert.seen")
    assert (line.user, line.detail) == (front_desk, {"alert": alert.pk})


def test_alert_seen_of_none(as_front_desk, alert):
    for number in (alert.pk + 1, 10**30):
        assert as_front_desk.post(reverse("office:alert_seen", args=[number])).status_code == 404


def test_alert_seen_roles(url):
    assert steps.allowed_roles("post", url) == steps.EDITORS


def test_alert_seen_other_methods(as_front_desk, url):
    assert steps.refused_methods(as_front_desk, url) == {"get", "head", "put", "patch", "delete"}


def test_alert_seen_ignores_other_fields(as_front_desk, alert, url):
    as_front_desk.post(url, {"kind": "redemption", "is_current": "", "seen_by": "1", "started_at": "2001-01-01"})
    before = (alert.kind, alert.is_current, alert.started_at)
    alert.refresh_from_db()
    assert (alert.kind, alert.is_current, alert.started_at) == before
