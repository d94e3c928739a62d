"""The schedule's tables take over what a practice has in them already."""

from datetime import UTC, datetime

import pytest

pytestmark = pytest.mark.postgres

BEFORE, AFTER = [("appointments", "0001_initial")], [("appointments", "0002_schedule")]


def test_what_was_cancelled_says_that_no_reason_was_recorded(migrate):
    old = migrate(BEFORE)
    patient = old.get_model("patients", "Patient").objects.create(chart_number="1", given_name="Tom")
    start = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
    for status in ["scheduled", "confirmed", "arrived", "roomed", "checked_out", "no_show", "cancelled"]:
        old.get_model("appointments", "Appointment").objects.create(
            patient=patient, start=start, status=status, arrival_time=start
        )
    rows = migrate(AFTER).get_model("appointments", "Appointment").objects
    reasons = {row.status: row.cancel_reason for row in rows.all()}
    assert reasons.pop("cancelled") == "Not recorded"
    assert set(reasons.values()) == {""}
    assert {row.status for row in rows.filter(arrival_time=None)} == {"scheduled", "confirmed"}
