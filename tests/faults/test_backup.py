"""``manage.py backup`` and ``restore``, on both databases."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from practice import backups, version
from tests import settings as test_settings
from tests.faults.changes import assert_nothing_is_half_done
from tests.faults.databases import PostgresDatabase, SqliteDatabase, wait_until
from tests.faults.sites import python, surroundings
from tests.servers import ROOT

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

TRAIL = "audit_auditevent"
ADD_ONE_OF_EACH = """
import django; django.setup()
from tests import people
from audit.trail import Action, Actor, record
user = people.staff("Kim Novak", "front_desk")
people.link(people.contact("Ada", "Okafor"), people.patient("200001", "Uzo", "Okafor", people.years_ago(4)))
record(actor=Actor(user, "192.0.2.9"), action=Action.PATIENT_ADDED)
"""


@pytest.fixture
def empty(template, tmp_path):
    """A database without any tables."""
    original, _ = template
    if original.vendor == "sqlite":
        yield SqliteDatabase(tmp_path / "empty.sqlite3")
        return
    cluster = PostgresDatabase(original.cluster, "postgres")
    cluster.rows("DROP DATABASE IF EXISTS empty")
    cluster.rows("CREATE DATABASE empty")
    yield PostgresDatabase(original.cluster, "empty")
    cluster.rows("DROP DATABASE empty")


def backup(database, directory):
    done = python(database.url, "manage.py", "backup", "--to", str(directory))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[0])


def restore(database, file, *options):
    return python(database.url, "manage.py", "restore", str(file), *options)


def restored(database, file, *options):
    done = restore(database, file, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def content(database):
    """Every row of every table."""
    return {table: sorted(database.rows(f'SELECT * FROM "{table}"'), key=str) for (table,) in database.tables()}  # noqa: S608


def actions(database):
    return [action for (action,) in database.rows(f"SELECT action FROM {TRAIL} ORDER BY id")]  # noqa: S608


def changed(file, copy, **manifest):
    """A copy of the backup with a changed manifest."""
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            inside = source.read(name)
            said = None
            if name == "manifest.json":
                said = {key: value for key, value in (json.loads(inside) | manifest).items() if value is not None}
            target.writestr(name, json.dumps(said) if said else inside)
    return copy


# --- The round trip ------------------------------------------------------------------------------


def test_what_goes_in_comes_out(database, empty, tmp_path):
    before = content(database)
    file = backup(database, tmp_path / "backups")
    said = restored(empty, file)
    after = content(empty)
    assert set(after) == set(before)
    assert before.pop("django_session")
    assert after.pop("django_session") == []
    trail = before.pop(TRAIL)
    assert [row for row in after.pop(TRAIL) if row in trail] == trail
    for table in before:
        if not table.startswith("audit_audit"):  # what belongs to the trail goes on with it
            assert after[table] == before[table], table
    assert actions(database)[-1] == "backup.made"
    assert actions(empty)[-1] == "backup.restored"
    assert "backup.made" not in actions(empty)
    assert "Everyone is signed out" in said


def test_the_trail_is_locked_and_numbers_go_on_after_the_restore(database, empty, tmp_path):
    restored(empty, backup(database, tmp_path))
    for change in (f"UPDATE {TRAIL} SET address = ''", f"DELETE FROM {TRAIL}"):  # noqa: S608
        with pytest.raises(Exception, match="append-only"):
            empty.rows(change)
    done = python(empty.url, "-c", ADD_ONE_OF_EACH)
    assert done.returncode == 0, done.stderr
    assert_nothing_is_half_done(empty)


def test_a_backup_of_a_database_in_use_is_of_one_moment(database, empty, tmp_path):
    """Somebody always adds two rows together: the backup never has one without the other."""
    stop = threading.Event()

    def add():
        number = 0
        while not stop.is_set():
            number += 1
            first, second = (
                f"('{who}{number}@x.example', 'staff', true, '', '2026-01-01 00:00+00:00', '', 0, 0)" for who in "ab"
            )
            columns = "(email, kind, is_active, language, date_joined, password, session_number, link_number)"
            database.rows(f"INSERT INTO accounts_user {columns} VALUES {first}, {second}")  # noqa: S608

    writer = threading.Thread(target=add)
    writer.start()
    try:
        wait_until(lambda: database.rows("SELECT 1 FROM accounts_user WHERE email = 'b20@x.example'"))
        file = backup(database, tmp_path)
    finally:
        stop.set()
        writer.join()
    restored(empty, file)
    counts = [
        empty.rows(f"SELECT count(*) FROM accounts_user WHERE email LIKE '{who}%@x.example'")[0][0]  # noqa: S608
        for who in "ab"
    ]
    assert counts[0] == counts[1] >= 20


# --- The file ------------------------------------------------------------------------------------


def test_the_file_is_its_owner_s_alone_and_the_only_one(database, tmp_path):
    file = backup(database, tmp_path / "backups")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]
    assert file.name.startswith("pinportal-20")
    assert file.name.endswith("Z.zip")


def test_no_key_and_no_pin_is_in_it(database, known, tmp_path):
    with zipfile.ZipFile(backup(database, tmp_path)) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
    if database.vendor == "postgresql":  # compressed once more, which would hide them
        copy = tmp_path / "copy"
        copy.write_bytes(inside[inside.index(b"PGDMP") :])
        inside = subprocess.run(  # noqa: S603
            [database.cluster.binaries / "pg_restore", "--file=-", copy], capture_output=True, check=True
        ).stdout
    assert known["session"].encode() in inside  # so it would be found
    secrets = [test_settings.SECRET_KEY, *test_settings.PIN_KEYS, *known["pins"]]
    assert [secret for secret in secrets if secret.encode() in inside] == []


def test_nothing_is_overwritten(tmp_path):
    unfinished, target = tmp_path / "new", tmp_path / "old"
    unfinished.write_text("new")
    target.write_text("old")
    with pytest.raises(backups.BackupRefused, match="nothing was overwritten"):
        backups._give_name(unfinished, target)
    assert target.read_text() == "old"


def test_a_backup_that_cannot_be_recorded_is_none(database, tmp_path):
    with database.busy():
        done = python(database.url, "manage.py", "backup", "--to", str(tmp_path / "backups"))
    assert done.returncode == 1
    assert "No backup was made" in done.stderr
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.usefixtures("only_postgresql")
def test_the_password_is_in_no_command_line(database, tmp_path):
    url = database.url.replace("postgres@", "postgres:s3cret-of-the-database@")
    command = [sys.executable, "manage.py", "backup", "--to", str(tmp_path)]
    with database.stalled("patients_patient", lock="ACCESS EXCLUSIVE"):
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | surroundings(url), stdout=subprocess.DEVNULL)  # noqa: S603
        database.wait_until_stalled()
        lines = [each.read_bytes() for each in Path("/proc").glob("[0-9]*/cmdline") if each.exists()]
    assert process.wait(timeout=120) == 0
    assert any(b"pg_dump" in line and b"--snapshot" in line for line in lines)
    assert not any(b"s3cret" in line for line in lines)


# --- What is refused -----------------------------------------------------------------------------


def assert_refused(database, file, words, *options):
    before = content(database)
    done = restore(database, file, *options)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert content(database) == before


def test_a_database_with_people_is_replaced_only_if_that_is_meant(database, tmp_path):
    file = backup(database, tmp_path)
    database.rows("UPDATE patients_patient SET preferred_name = 'Changed'")
    assert_refused(database, file, "--replace")
    restored(database, file, "--replace")
    assert database.rows("SELECT 1 FROM patients_patient WHERE preferred_name = 'Changed'") == []
    assert_nothing_is_half_done(database)


# One process for many files: starting it takes longer than a refusal.
RESTORE_EACH = """
import sys
import django; django.setup()
from django.core.management import CommandError, call_command
for file in sys.argv[1:]:
    try:
        call_command("restore", file, replace=True)
    except CommandError as refused:
        print(refused)
"""


def test_what_is_damaged_or_no_backup_is_refused(database, tmp_path):
    file = backup(database, tmp_path / "good")
    whole = file.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    for name, inside in (("flipped", flipped), ("cut", whole[:middle]), ("empty", b"")):
        (tmp_path / name).write_bytes(inside)
    assert_refused(database, tmp_path / "flipped", "damaged", "--replace")
    damaged = [tmp_path / "cut", tmp_path / "empty"]
    for number, manifest in enumerate(({"sha256": "0" * 64}, {"format": 3}, {"more": 1})):
        damaged.append(changed(file, tmp_path / f"{number}", **manifest))
    before = content(database)
    done = python(database.url, "-c", RESTORE_EACH, *map(str, damaged), str(tmp_path / "none"))
    assert done.returncode == 0, done.stderr
    refusals = done.stdout.splitlines()
    assert len(refusals) == len(damaged) + 1
    assert all("damaged" in each for each in refusals[:-1])
    assert "not a backup" in refusals[-1]
    assert content(database) == before


def test_a_backup_of_the_other_database_or_a_newer_version_is_refused(database, tmp_path):
    file = backup(database, tmp_path)
    other = "sqlite" if database.vendor == "postgresql" else "postgresql"
    assert_refused(database, changed(file, tmp_path / "a", database=other), f"a backup of {other}", "--replace")
    newer = changed(file, tmp_path / "b", migrations=["portal.9999_future"], version="0.9.0")
    assert_refused(database, newer, "newer version: 0.9.0 (portal.9999_future)", "--replace")


def test_the_manifest_names_the_version(database, tmp_path):
    with zipfile.ZipFile(backup(database, tmp_path)) as archive:
        assert json.loads(archive.read("manifest.json"))["version"] == version.VERSION


def test_a_backup_of_0_1_0_is_refused_and_the_version_named(database, tmp_path):
    """Its manifest named no version; its migrations are those of the apps as they were."""
    old = {"format": 1, "version": None, "migrations": ["practice.0001_initial", "practice.0012_link_number"]}
    file = changed(backup(database, tmp_path), tmp_path / "old.zip", **old)
    assert_refused(database, file, "PIN Portal 0.1.0 made this backup", "--replace")


def test_a_database_of_0_1_0_is_replaced_only_if_that_is_meant(database, empty, tmp_path):
    file = backup(database, tmp_path)
    for statement in (
        "CREATE TABLE practice_user (id integer PRIMARY KEY)",
        "CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, applied timestamp)",
        "INSERT INTO django_migrations VALUES (1, 'practice', '0001_initial', '2026-01-01 00:00')",
    ):
        empty.rows(statement)
    assert_refused(empty, file, "--replace")
    done = python(empty.url, "manage.py", "backup", "--to", str(tmp_path / "none"))
    assert (done.returncode, "Back it up with version 0.1.0" in done.stderr) == (1, True)
    restored(empty, file, "--replace")
    assert ("practice_user",) not in empty.tables()


def test_a_backup_of_an_older_state_is_brought_up_to_date(database, empty, tmp_path):
    done = python(database.url, "manage.py", "migrate", "mfa", "0002", "--skip-checks")
    assert done.returncode == 0, done.stderr
    assert "migrations follow" in restored(empty, backup(database, tmp_path))
    assert python(empty.url, "manage.py", "migrate", "--check").returncode == 0
    if database.vendor == "sqlite":
        assert stat.S_IMODE(empty.path.stat().st_mode) == 0o600


def test_a_restore_that_is_killed_leaves_what_was_there(database, tmp_path):
    file = backup(database, tmp_path)
    before = content(database)
    command = [sys.executable, "manage.py", "restore", str(file), "--replace"]
    with database.busy():
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=os.environ | surroundings(database.url), start_new_session=True
        )
        wait_until(lambda: list(tmp_path.glob(".unfinished-*/*")))
        if database.vendor == "postgresql":
            database.wait_until_stalled()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    database.wait_until_nobody_works()
    assert content(database) == before
    restored(database, file, "--replace")


# --- PINs ----------------------------------------------------------------------------------------


def test_pins_that_come_alive_again_are_told_and_can_be_ended(database, tmp_path):
    said = restored(database, backup(database, tmp_path), "--replace")
    assert "The backup has 4 live PINs" in said
    assert "manage.py void_pins" in said
    done = python(database.url, "manage.py", "void_pins", "--reason", "Restored from October")
    assert done.stdout == "4 PINs ended.\n"
    assert actions(database)[-5:] == ["backup.restored", *["pin.revoked"] * 4]
    assert database.rows("SELECT DISTINCT state, sealed, end_reason FROM portal_pin") == [
        ("revoked", "", "Restored from October")
    ]
    assert database.rows("SELECT DISTINCT status FROM portal_registration") == [("pending",)]


def test_pins_can_be_ended_with_the_restore(database, tmp_path):
    assert "4 PINs ended." in restored(database, backup(database, tmp_path), "--replace", "--void-pins")
    assert database.rows("SELECT count(*) FROM portal_pin WHERE state = 'active'") == [(0,)]


def test_pins_whose_key_is_not_here_are_told(database, tmp_path):
    """Restored where other PIN_KEYS are in force: the PINs are void, everything else is there."""
    file = backup(database, tmp_path)
    more = {
        "DJANGO_SETTINGS_MODULE": "pinportal.settings",
        "PINPORTAL_ENV": "test",
        "PIN_KEYS": "_____v79_Pv6-fj39vX08_Lx8O_u7ezr6uno5-bl5OM=",
        "SECRET_KEY": test_settings.SECRET_KEY,
    }
    done = python(database.url, "manage.py", "restore", str(file), "--replace", **more)
    assert done.returncode == 0, done.stderr
    assert "4 of them cannot be read with these PIN_KEYS" in done.stdout
    check = python(database.url, "manage.py", "check", "--database", "default", **more)
    assert "4 live PINs cannot be read with any of PIN_KEYS" in check.stderr
