"""Each test here has its own server and database, of the kind that this test run uses."""

import shutil
import tempfile
from pathlib import Path

import pytest
from django.db import connection

from tests.faults.databases import Postgres, PostgresDatabase, SqliteDatabase
from tests.faults.sites import Site, populate


@pytest.fixture(scope="session")
def postgres():
    directory = Path(tempfile.mkdtemp(prefix="pinportal-faults."))  # short: a socket's path has 107 bytes at most
    cluster = Postgres(directory)
    yield cluster
    cluster.stop("immediate")
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def template(request, tmp_path_factory):
    """(the database with the people in it, their numbers); each test gets a copy."""
    if connection.vendor == "sqlite":
        database = SqliteDatabase(tmp_path_factory.mktemp("template") / "people.sqlite3")
        return database, populate(database.url)
    cluster = request.getfixturevalue("postgres")
    PostgresDatabase(cluster, "postgres").rows("CREATE DATABASE people")
    database = PostgresDatabase(cluster, "people")
    return database, populate(database.url)


@pytest.fixture
def known(template):
    return template[1]


@pytest.fixture
def database(template, tmp_path, request):
    original, _ = template
    if original.vendor == "sqlite":
        path = tmp_path / "site.sqlite3"
        shutil.copy(original.path, path)
        return SqliteDatabase(path)
    if not original.cluster.is_up:  # a test before this one failed in between
        original.cluster.start()
    name = f"site_{abs(hash(request.node.nodeid))}"
    PostgresDatabase(original.cluster, "postgres").rows(f"CREATE DATABASE {name} TEMPLATE people")
    # A copied sequence hands out numbers that PostgreSQL has logged for the template only. After a crash the copy
    # would hand them out again. A checkpoint makes it log them for the copy too.
    PostgresDatabase(original.cluster, name).rows("CHECKPOINT")
    return PostgresDatabase(original.cluster, name)


@pytest.fixture
def site(database, tmp_path):
    site = Site(database.url, tmp_path / "site.log")
    yield site
    site.stop()


@pytest.fixture
def only_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is a file in the process: it cannot be stopped under it")
