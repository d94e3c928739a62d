"""Compare open registrations with the audit trail, for ``verify_audit``.

A registration is open while it is registered or has a live PIN. Each one must be explained by sealed lines: the PIN
was issued or redeemed, and no later line ended it. So nobody can open a child's record with SQL unnoticed.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.utils import timezone

from audit import comparison
from audit.seals import Line
from audit.trail import Action, Actor, record
from portal.models import Pin, Registration

OPENED = {Action.PIN_REDEEMED, Action.ACCESS_KEPT}
# The last line about a family contact that opens or ends something says whether it is registered. Those are these, and
# every action of the registration itself, also one that is added later, except NEITHER.
DECIDING = {Action.PIN_REDEEMED, Action.PIN_ISSUED, Action.PIN_REVOKED}
REGISTRATION = "registration."
NEITHER = {
    Action.WINDOW_VIEWED,
    Action.GUARDIAN_DENIED,
    Action.REGISTRATION_POSTPONED,
    Action.REGISTRATION_RESUMED,
}
ENDED_PIN = {
    Action.PIN_REDEEMED,
    Action.PIN_SUPERSEDED,
    Action.PIN_REVOKED,
    Action.PIN_EXPIRED,
    Action.PIN_LOCKED,
}
# What an attempt found out about a PIN that does not work, or ended by it: see registration._judge.
ENDED_VERDICTS = {*Pin.State.values} - {Pin.State.ACTIVE}
BLOCKED_VERDICT = "blocked: "


class _Said(NamedTuple):
    """What a line says of a family contact."""

    line: int
    chain: int
    number: int
    action: str
    patient_id: int | None
    user_id: int | None  # whose account it is, if it is registered


class _Registered(NamedTuple):
    """A registered registration as it is stored."""

    pk: int
    family_contact_id: int
    patient_id: int
    chart_number: str
    user_id: int | None


class _LivePin(NamedTuple):
    """A live PIN as it is stored."""

    pk: int
    registration_id: int
    family_contact_id: int
    patient_id: int
    chart_number: str


@comparison.register
class OpenRegistrations(comparison.Comparison):
    """Compares registrations and live PINs with the lines that issue, redeem, and end them."""

    def __init__(self) -> None:
        self.said: dict[int, _Said] = {}  # by family contact
        self.issued: dict[int, tuple[int | None, int | None]] = {}  # by PIN: family contact and patient
        self.ended: dict[int, int] = {}  # by PIN: the line
        self.registered: list[_Registered] = []
        self.live: list[_LivePin] = []

    def hear(self, line: Line) -> None:
        pin, family_contact = line.detail.get("pin"), line.detail.get("family_contact")
        if family_contact is not None and _decides(line.action):
            user_id = line.detail.get("account") if line.action == Action.ACCESS_KEPT else line.user_id
            said = _Said(line.id, line.chain_id, line.number, line.action, line.patient_id, user_id)
            self.said[family_contact] = max(said, self.said.get(family_contact, said), key=lambda each: each.line)
        if line.action == Action.PIN_ISSUED and pin is not None:
            self.issued[pin] = (family_contact, line.patient_id)
        elif pin is not None and _ends_pin(line):
            self.ended[pin] = max(line.id, self.ended.get(pin, 0))

    def look(self) -> None:
        registered = Registration.objects.filter(status=Registration.Status.REGISTERED).order_by("pk")
        live = Pin.objects.filter(state=Pin.State.ACTIVE, expires_at__gt=timezone.now()).order_by("pk")
        child = "family_contact__patient", "family_contact__patient__chart_number"
        self.registered = [
            _Registered(*row)
            for row in registered.values_list("pk", "family_contact", *child, "family_contact__contact__account__user")
        ]
        of_registration = [f"registration__{name}" for name in ("family_contact", *child)]
        self.live = [_LivePin(*row) for row in live.values_list("pk", "registration", *of_registration)]

    def differences(self) -> Iterator[str]:
        for stored in self.registered:
            if why := self._unexplained(stored):
                yield (
                    f"Registration {stored.pk} (chart number {stored.chart_number}, family contact "
                    f"{stored.family_contact_id}) is registered. {why}"
                )
        for pin in self.live:
            if why := self._unexplained_pin(pin):
                yield (
                    f"Registration {pin.registration_id} (chart number {pin.chart_number}, family contact "
                    f"{pin.family_contact_id}) has the live PIN record {pin.pk}. {why}"
                )

    def _unexplained(self, stored: _Registered) -> str:
        said = self.said.get(stored.family_contact_id)
        if said is None:
            return "No line of the trail says so."
        if said.action not in OPENED:
            return f"The last line about it is {comparison.line_in_words(said.line)}."
        if said.patient_id != stored.patient_id:
            return f"The trail says that it is about patient record {said.patient_id}, not {stored.patient_id}."
        if said.user_id != stored.user_id:
            return f"The trail says that sign-in {said.user_id} opened it, but it belongs to sign-in {stored.user_id}."
        return ""

    def _unexplained_pin(self, pin: _LivePin) -> str:
        if pin.pk not in self.issued:
            return "No line of the trail says that it was issued."
        if self.issued[pin.pk] != (pin.family_contact_id, pin.patient_id):
            family_contact, patient = self.issued[pin.pk]
            return f"The trail says that it was issued for family contact {family_contact}, patient record {patient}."
        if ended := self.ended.get(pin.pk):
            return f"The trail says that it has ended ({comparison.line_in_words(ended)})."
        return ""

    def keep(self, through: Mapping[int, int], *, by: Actor) -> None:
        """Registrations outlive the line that opened them: write a new one. PINs do not live that long."""
        for family_contact, said in sorted(self.said.items()):
            if said.action in OPENED and said.number <= through.get(said.chain, 0):
                record(
                    actor=by,
                    action=Action.ACCESS_KEPT,
                    patient_id=said.patient_id,
                    family_contact=family_contact,
                    account=said.user_id,
                )


def _decides(action: str) -> bool:
    return action in DECIDING or (action.startswith(REGISTRATION) and action not in NEITHER)


def _ends_pin(line: Line) -> bool:
    if line.action == Action.PIN_REFUSED:
        verdict = str(line.detail.get("verdict", ""))
        return verdict in ENDED_VERDICTS or verdict.startswith(BLOCKED_VERDICT)
    return line.action in ENDED_PIN
