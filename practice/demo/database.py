"""The demo's database file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from audit import private_files


def set_aside(*, version: str) -> Path:
    """Rename the SQLite file to say which version made it, and return the new path.

    It replaces an older file of that name.

    Raises ``sqlite3.OperationalError`` if another process uses the database.
    """
    path = Path(connection.settings_dict["NAME"])
    kept = path.with_name(f"{path.stem}-{version}{path.suffix}")
    connection.close()
    private_files.protect_sqlite(path)
    # One file without a log beside it can be renamed safely. SQLite refuses this while the database is in use.
    with closing(sqlite3.connect(path, timeout=5)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    return path.replace(kept)
