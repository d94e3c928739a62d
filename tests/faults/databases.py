"""Databases that a test can stop, fill, and block: its own PostgreSQL, and a SQLite file."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from tests.servers import ROOT

PATIENCE = 120  # seconds until a test that waits for something gives up


def wait_until(condition, *, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


class Postgres:
    """A cluster. As root it runs as the package's user, because PostgreSQL refuses root."""

    def __init__(self, directory):
        self.directory = directory
        found = subprocess.run([ROOT / "bin/find-tool", "postgres"], capture_output=True, text=True, check=True)  # noqa: S603
        self.binaries = Path(found.stdout.strip())
        if os.geteuid() == 0:
            shutil.chown(directory, "postgres")
        more = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--wal-segsize=1"]
        self._run("initdb", *more, f"--pgdata={directory}/data")
        self.start()

    def start(self):
        self.is_up = True
        # fsync=off: what dies here is processes, never the machine, and the kernel keeps what they wrote.
        socket = f"-k '{self.directory}' -c listen_addresses='' -c unix_socket_permissions=0700"
        small = "-c fsync=off -c max_wal_size=8MB -c min_wal_size=2MB -c shared_buffers=16MB"
        more = ["-l", f"{self.directory}/log", "-w", "-o", f"{socket} {small}"]
        self._run("pg_ctl", "-D", f"{self.directory}/data", *more, "start")

    def stop(self, mode="fast"):
        """``immediate`` is like a power failure: no shutdown, and recovery at the next start."""
        self.is_up = False
        self._run("pg_ctl", "-D", f"{self.directory}/data", "-m", mode, "-w", "stop")

    def _run(self, name, *arguments):
        owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        with tempfile.TemporaryFile("w+") as said:  # no pipe: the server that pg_ctl starts would keep it open
            command = [*owner, self.binaries / name, *arguments]
            done = subprocess.run(command, cwd="/", stdout=said, stderr=said, check=False)  # noqa: S603
            said.seek(0)
            assert done.returncode == 0, said.read()

    def url(self, name):
        return f"postgres://postgres@/{name}?host={self.directory}"

    def connect(self, name):
        connection = psycopg2.connect(host=self.directory, user="postgres", dbname=name)
        connection.autocommit = True
        return connection


class PostgresDatabase:
    """One database of a cluster."""

    vendor = "postgresql"
    down_is = "stopped"

    def __init__(self, cluster, name):
        self.cluster, self.name, self.url = cluster, name, cluster.url(name)

    def rows(self, sql):
        with closing(self.cluster.connect(self.name)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None

    def tables(self):
        return self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    def down(self):
        self.cluster.stop("immediate")

    def up(self):
        self.cluster.start()

    @contextmanager
    def stalled(self, table, *, lock="SHARE"):
        """Writers to the table wait inside their transaction."""
        with self.held(f"LOCK TABLE {table} IN {lock} MODE"):
            yield

    @contextmanager
    def held(self, statement):
        """Another transaction that has run this statement and does not end."""
        with closing(self.cluster.connect(self.name)) as connection:
            connection.autocommit = False
            connection.cursor().execute(statement)
            yield connection.close

    def busy(self):
        """Another writer has locked what every change needs."""
        return self.stalled("audit_auditevent")

    @contextmanager
    def stalled_commit(self):
        """Writers to the audit trail wait inside COMMIT, after everything else is done."""
        self.rows(
            "CREATE FUNCTION stall() RETURNS trigger AS"
            " 'BEGIN PERFORM pg_advisory_xact_lock(17); RETURN NULL; END' LANGUAGE plpgsql;"
            "CREATE CONSTRAINT TRIGGER stall AFTER INSERT ON audit_auditevent DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION stall()"
        )
        with self.held("SELECT pg_advisory_xact_lock(17)"):
            yield

    def let_commit(self):
        """Remove the trigger of ``stalled_commit``."""
        self.wait_until_nobody_works()
        self.rows("DROP FUNCTION stall() CASCADE")

    def wait_until_stalled(self):
        waiting = f"SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '{self.name}'"  # noqa: S608
        wait_until(lambda: self.rows(waiting))

    def wait_until_nobody_works(self):
        """The session of a killed client continues until PostgreSQL notices."""
        working = "state <> 'idle' AND pid <> pg_backend_pid()"
        others = f"SELECT 1 FROM pg_stat_activity WHERE datname = '{self.name}' AND {working}"  # noqa: S608
        wait_until(lambda: not self.rows(others))


class SqliteDatabase:
    """A file. It cannot be stopped, but its disk can be missing, full, or busy with another writer."""

    vendor = "sqlite"

    def __init__(self, path):
        self.path, self.url = path, f"sqlite:///{path}"

    def _connect(self, timeout=20):
        return sqlite3.connect(self.path, timeout=timeout, isolation_level=None)

    def rows(self, sql):
        with closing(self._connect()) as connection:
            return connection.execute(sql).fetchall()

    def tables(self):
        return self.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")

    def down(self):
        """As if the disk with the database were not mounted."""
        self._away().mkdir()
        for file in self.path.parent.glob(f"{self.path.name}*"):
            file.rename(self._away() / file.name)
        self.path.mkdir()

    def up(self):
        self.path.rmdir()
        for file in self._away().iterdir():
            file.rename(self.path.parent / file.name)
        self._away().rmdir()

    def _away(self):
        return self.path.parent / "away"

    @contextmanager
    def stalled(self, table):
        """Inserts into the table run forever inside their transaction."""
        count = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) AS x FROM n"
        self.rows(f"CREATE VIEW endless AS {count}")
        self.rows(f"CREATE TRIGGER stall AFTER INSERT ON {table} BEGIN SELECT x FROM endless; END")  # noqa: S608
        try:
            yield
        finally:
            self.rows("DROP TRIGGER stall")
            self.rows("DROP VIEW endless")

    @contextmanager
    def busy(self):
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield

    def wait_until_stalled(self):
        wait_until(self._is_locked_for_a_while)

    def _is_locked_for_a_while(self):
        """Longer than a normal transaction."""
        for _ in range(8):
            if not self._is_locked():
                return False
            time.sleep(0.1)
        return True

    def _is_locked(self):
        with closing(self._connect(timeout=0)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            return False

    def wait_until_nobody_works(self):
        wait_until(lambda: not self._is_locked())


@contextmanager
def small_disk(megabytes):
    """A directory on a disk of that size, or None if mounting is not allowed."""
    directory = Path(tempfile.mkdtemp(prefix="pinportal-disk."))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(directory)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0  # noqa: S603
    try:
        yield directory if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(directory)], check=True)  # noqa: S603, S607
        directory.rmdir()


def fill(directory, *, leave=0):
    """Fill the disk except for ``leave`` bytes. Returns the file to delete to make room again."""
    filler = directory / "filler"
    free = shutil.disk_usage(directory).free - leave
    with filler.open("wb") as file:
        for _ in range(free // 4096):
            file.write(b"\0" * 4096)
    return filler
