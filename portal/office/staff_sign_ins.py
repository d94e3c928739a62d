"""A staff member's sign-in as an administrator sees it, and what can be done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allauth.usersessions.models import UserSession

from accounts import staff
from accounts.access import staff_record_of
from accounts.factors import second_factor
from accounts.factors.stored import Factor
from accounts.models import SignInAttempt, StaffRecord, User
from accounts.signin import attempts
from portal.verbs import Verb


@dataclass(frozen=True)
class StaffSignIn:
    """One sign-in: its staff record, failed attempts, second factors, and sessions."""

    user: User
    record: StaffRecord | None
    failures: list[SignInAttempt]  # within the last hour, newest first
    sessions: int
    app: Factor | None
    passkeys: list[Factor]
    codes_left: int | None
    codes_unreadable: bool

    @property
    def has_second_factor(self) -> bool:
        return bool(self.app or self.passkeys)

    @property
    def unreadable(self) -> str:
        """What cannot be read, in words. Empty if everything can."""
        factors = [("authenticator app", self.app), *((f"passkey “{each}”", each) for each in self.passkeys)]
        words = [name for name, factor in factors if factor and not factor.is_readable]
        return ", ".join([*words, *(["recovery codes"] if self.codes_unreadable else [])])

    @property
    def verbs(self) -> dict[str, Verb["StaffSignIn"]]:
        """What can be done now, by name; underscores replace hyphens so that templates can look them up."""
        return {name.replace("-", "_"): verb for name, verb in VERBS.items() if verb.possible(self)}


def read(user: User) -> StaffSignIn:
    """The sign-in of this user, in a constant number of queries."""
    return StaffSignIn(
        user=user,
        record=staff_record_of(user),
        failures=list(attempts.recent(user.email)),
        sessions=UserSession.objects.filter(user=user).count(),
        **second_factor.context_of(user),
    )


_VERBS: Sequence[Verb[StaffSignIn]] = (
    Verb(
        name="disable",
        title="Disable",
        explanation="No one can sign in with it until you enable it again. Open sessions end with the next click.",
        rule=staff.disable,
        possible=lambda sign_in: sign_in.user.is_active,
        done="Disabled.",
        not_done="It was already disabled.",
        is_dangerous=True,
    ),
    Verb(
        name="enable",
        title="Enable",
        explanation="It works again, with the same password and second factor as before.",
        rule=staff.enable,
        possible=lambda sign_in: not sign_in.user.is_active,
        done="Enabled.",
        not_done="It was not disabled.",
    ),
    Verb(
        name="unlock",
        title="Unlock",
        explanation="Clears the failed attempts, so the user can try again right away. The password stays the same.",
        rule=staff.unlock,
        possible=lambda sign_in: bool(sign_in.failures),
        done="Unlocked. The user can try again now.",
        not_done="There were no failed attempts.",
    ),
    Verb(
        name="reset-second-factor",
        title="Reset second factor",
        explanation="For a lost phone or key. Removes the authenticator app, passkeys, and recovery codes, and "
        "ends all sessions. Check who is asking: until a new second factor is added, the password alone is enough.",
        rule=staff.reset_second_factor,
        possible=lambda sign_in: sign_in.has_second_factor,
        done="Second factor reset.",
        not_done="There was no second factor.",
        is_dangerous=True,
    ),
    Verb(
        name="end-sessions",
        title="Sign out everywhere",
        explanation="Ends all sessions of this user with the next click. The user can sign in again.",
        rule=staff.end_sessions,
        possible=lambda sign_in: sign_in.sessions > 0,
        done="Signed out everywhere.",
        not_done="There were no sessions.",
    ),
    Verb(
        name="password-link",
        title="Make password link",
        explanation="For a new colleague or a forgotten password. The link works once and expires after one hour. "
        "The current password works until the link is used.",
        rule=staff.link_for,  # returns the link
        possible=lambda sign_in: sign_in.user.is_active,
        done="Link made.",
        not_done="No link was made.",
    ),
)
VERBS: Mapping[str, Verb[StaffSignIn]] = {verb.name: verb for verb in _VERBS}
