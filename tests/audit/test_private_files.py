"""Files with people or secrets in them are their owner's alone, whatever the umask."""

import os
import sqlite3
import stat
from contextlib import closing

import pytest
from django.core.management import call_command

from audit import private_files
from tests.audit.tampering import write


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def careless():
    """The umask of somebody who shows everything."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("db")
def test_an_exported_trail_and_a_checkpoint_are_private_even_in_place_of_a_file_that_was_not(tmp_path):
    write(1)
    export, checkpoint = files = tmp_path / "trail.jsonl", tmp_path / "checkpoint.json"
    for _ in range(2):
        call_command("export_audit", str(export))
        call_command("verify_audit", "--checkpoint", str(checkpoint))
        assert [mode(file) for file in files] == [0o600] * 2
        assert not any("older" in file.read_text() for file in files)
        for file in files:
            file.write_text("an older file" * 10_000)
            file.chmod(0o644)


def test_what_is_not_a_file_keeps_its_mode(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o644)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    private_files.write(pipe).close()
    os.close(reader)
    assert mode(pipe) == 0o644


def test_an_existing_database_becomes_private_with_its_log(tmp_path):
    path = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(path)) as server:
        server.executescript("PRAGMA journal_mode=WAL; CREATE TABLE people (name text);")
        files = sorted(tmp_path.iterdir())
        assert [mode(file) for file in files] == [0o644] * 3
        private_files.protect_sqlite(path)
        assert [mode(file) for file in files] == [0o600] * 3


@pytest.mark.parametrize("name", [":memory:", "file:memory?mode=memory", "nowhere/db.sqlite3", "."])
def test_a_database_that_is_no_file_is_left_to_sqlite(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    before = mode(tmp_path)
    private_files.protect_sqlite(name)
    assert (list(tmp_path.iterdir()), mode(tmp_path)) == ([], before)


def test_a_directory_that_we_make_is_private_and_others_stay(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    theirs.mkdir(0o755)
    for directory in (ours, theirs):
        private_files.make_directory(directory)
    assert (mode(ours), mode(theirs)) == (0o700, 0o755)
