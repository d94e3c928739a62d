"""The first administrator of a new installation."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import StaffRecord, User
from audit.models import AuditEvent
from tests import people

pytestmark = pytest.mark.postgres

EMAIL, NAME = "ada@sunnyside.example", "Ada Quill"


@pytest.fixture
def create_admin(db, monkeypatch, capsys):
    """The command as a script calls it, with the password on standard input."""

    def call(email=EMAIL, name=NAME, typed=people.PASSWORD):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        call_command("create_admin", email, name)
        return capsys.readouterr().out

    return call


def test_create_admin_makes_a_sign_in_that_administers(create_admin, client):
    said = create_admin(email="Ada@SUNNYSIDE.example", name="  Ada Quill ")
    user = User.objects.get()
    assert said == f"{user.email} can now sign in as practice administrator.\n"
    record = StaffRecord.objects.get()
    assert (record.name, record.role, record.user, record.is_active) == (NAME, "administrator", user, True)
    assert (user.kind, user.is_active, user.check_password(people.PASSWORD)) == ("staff", True, True)
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.address) == ("user.added", None, "manage.py create_admin")
    assert event.detail == {"account": user.pk}
    client.force_login(user)
    assert client.get("/practice-portal/staff/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "ada"}, "Enter a valid email address."),
        ({"email": ""}, "This field cannot be blank."),
        ({"email": f"{'a' * 260}@mail.example"}, "at most 254 characters"),
        ({"name": "  "}, "This field cannot be blank."),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"typed": "too short"}, "Use at least 15 characters."),
        ({"typed": ""}, "Use at least 15 characters."),
        ({"typed": "ada@sunnyside.example"}, "Do not use your e-mail"),
        ({"typed": "passwordpassword"}, "A lot of people use this password."),
    ],
)
def test_create_admin_explains_what_is_wrong_and_makes_nothing(create_admin, changes, words):
    with pytest.raises(CommandError, match=words):
        create_admin(**changes)
    assert (User.objects.count(), StaffRecord.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


def test_create_admin_refuses_an_e_mail_that_has_a_sign_in(create_admin):
    create_admin()
    with pytest.raises(CommandError, match="This e-mail has a sign-in already"):
        create_admin(email=EMAIL.upper())
    assert User.objects.count() == 1


def test_create_admin_asks_twice_at_a_terminal(create_admin, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    answers = [people.PASSWORD, "something else"]
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _prompt: answers.pop(0))
    with pytest.raises(CommandError, match="The two passwords differ"):
        call_command("create_admin", EMAIL, NAME)
    assert not User.objects.exists()
    answers[:] = [people.PASSWORD, people.PASSWORD]
    call_command("create_admin", EMAIL, NAME)
    assert User.objects.exists()
