"""Copies of the whole database, for SQLite and for PostgreSQL.

    ``write`` makes a consistent copy while the server keeps running; ``load`` replaces everything with a copy.

Loading is all or nothing. It restores no sessions: a user who was signed in at the time of the copy may have signed
out or left since.
"""

import os
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, transaction
from psycopg2.extensions import make_dsn

from audit import private_files

Result = TypeVar("Result")
PLAIN = ("--no-owner", "--no-privileges")  # the user who restores becomes the owner
END_SESSIONS = "DELETE FROM django_session"


class DumpFailed(Exception):
    """The database or one of its tools failed. The message is its own."""


@dataclass(frozen=True)
class Kind:
    """How one kind of database names, writes, and loads its copy."""

    file_name: str
    is_compressed: bool
    write: Callable[[Path], dict[str, int]]  # returns the number of rows in each table of the copy
    load: Callable[[Path], None]


def of_this_database() -> Kind:
    """The kind of database in DATABASE_URL."""
    return KINDS[connection.vendor]


def count_rows() -> dict[str, int]:
    """The number of rows in each table."""
    with connection.cursor() as cursor:
        return {table: _count(cursor, table) for table in sorted(connection.introspection.table_names(cursor))}


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608  # our own table name
    number: int = cursor.fetchone()[0]
    return number


# --- SQLite --------------------------------------------------------------------------------------


def _with_dump_failed(action: Callable[[Path], Result]) -> Callable[[Path], Result]:
    """Turn errors of SQLite, such as a full disk or a damaged file, into DumpFailed."""

    @wraps(action)
    def wrapped(path: Path) -> Result:
        try:
            return action(path)
        except sqlite3.Error as error:
            raise DumpFailed(f"SQLite: {error}") from error

    return wrapped


@_with_dump_failed
def _write_sqlite(to: Path) -> dict[str, int]:
    """With SQLite's online backup: other processes can write meanwhile, and the copy is consistent."""
    with closing(_open(_live_file(), mode="rw")) as live, closing(_open(to, mode="rwc")) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file without a log
        _check(copy)
        tables = [name for (name,) in copy.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  # our own table name
            for name in sorted(tables)
            if not name.startswith("sqlite_")
        }


@_with_dump_failed
def _load_sqlite(dump: Path) -> None:
    """With SQLite's online backup, in one transaction: other processes see the old data or the new."""
    connection.close()
    private_files.protect_sqlite(_live_file())
    with closing(_open(dump, mode="rw")) as copy, closing(_open(_live_file(), mode="rw")) as live:
        copy.execute(END_SESSIONS)
        copy.commit()
        _check(copy)
        copy.backup(live)


def _live_file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _open(path: Path, *, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=60)


def _check(copy: sqlite3.Connection) -> None:
    for pragma, fine in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
        if (found := copy.execute(f"PRAGMA {pragma}").fetchall()) != fine:
            raise DumpFailed(f"The database is damaged ({pragma}): {found[:3]}")


# --- PostgreSQL ----------------------------------------------------------------------------------


def _write_postgresql(to: Path) -> dict[str, int]:
    """With pg_dump, in the same snapshot in which the rows are counted."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # the transaction waits for pg_dump
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _run(["pg_dump", "--format=custom", *PLAIN, "--no-comments", f"--snapshot={snapshot}", f"--file={to}"])
        return {table: _count(cursor, table) for table in sorted(connection.introspection.table_names(cursor))}


def _load_postgresql(dump: Path) -> None:
    """Drop everything and load the copy in one transaction.

    pg_restore writes its statements to a file first. From a pipe, psql would commit the incomplete output of a failing
    pg_restore.
    """
    script = dump.with_name("restore.sql")
    drop, end = dump.with_name("drop.sql"), dump.with_name("end.sql")
    drop.write_text(f"SET client_min_messages = warning;\n{_drop_everything()}", encoding="utf-8")
    end.write_text(f"SET search_path = DEFAULT;\n{END_SESSIONS};\n", encoding="utf-8")  # pg_restore empties it
    connection.close()
    _run(["pg_restore", *PLAIN, "--exit-on-error", f"--file={script}", str(dump)], dsn=False)
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    _run(["psql", *options, f"--file={drop}", f"--file={script}", f"--file={end}"])


def _drop_everything() -> str:
    """Statements that drop our tables, with triggers and sequences, and our functions, but not those of extensions."""
    statements = """
        WITH extensions AS (SELECT objid FROM pg_depend WHERE deptype = 'e')
        SELECT format('DROP TABLE IF EXISTS %s CASCADE;', oid::regclass) FROM pg_class
        WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
            AND oid NOT IN (SELECT objid FROM extensions)
        UNION ALL
        SELECT format('DROP FUNCTION IF EXISTS %s CASCADE;', oid::regprocedure) FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND oid NOT IN (SELECT objid FROM extensions)
    """
    with connection.cursor() as cursor:
        cursor.execute(statements)
        return "\n".join(statement for (statement,) in cursor.fetchall()) + "\n"


def _run(command: Sequence[str], *, dsn: bool = True) -> None:
    """Run a PostgreSQL program on our database. The password is in the environment, because `ps` shows arguments."""
    parameters = connection.get_connection_params()
    password = parameters.pop("password", None)
    # Remove options of psycopg2 and our time limits for pages: a dump may take long.
    for name in ("cursor_factory", "options", "client_encoding"):
        parameters.pop(name, None)
    if "database" in parameters:
        parameters["dbname"] = parameters.pop("database")
    target = [f"--dbname={make_dsn(**parameters)}"] if dsn else []
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    done = subprocess.run(  # noqa: S603  # no shell, no input from outside
        [_program(command[0]), *target, *command[1:]], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DumpFailed(f"{command[0]}: {done.stderr.strip()}")


def _program(name: str) -> str:
    with connection.cursor():
        major = connection.pg_version // 10_000  # type: ignore[attr-defined]
    find_tool = Path(settings.BASE_DIR) / "bin" / "find-tool"
    found = subprocess.run(  # noqa: S603
        [find_tool, "pg_dump", str(major)], capture_output=True, text=True, check=False
    )
    if found.returncode:
        raise DumpFailed(f"{name} is not installed. On Debian it is in postgresql-client-{major}.")
    return str(Path(found.stdout.strip()) / name)


KINDS = {
    "sqlite": Kind("database.sqlite3", False, _write_sqlite, _load_sqlite),
    "postgresql": Kind("database.pgdump", True, _write_postgresql, _load_postgresql),
}
