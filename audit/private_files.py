"""Files with people or secrets in them: only their owner can read them, whatever the umask.

In ``audit``, because it is the lowest app, and every app may write such a file.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import IO

ONLY_OWNER, ONLY_OWNER_ENTERS = 0o600, 0o700
SQLITE_SIDE_FILES = ("-wal", "-shm", "-journal")  # SQLite gives new ones the mode of the database


def write(path: Path) -> IO[str]:
    """Open the file for writing as UTF-8. An existing one is emptied and becomes private too."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, ONLY_OWNER)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):  # not a terminal or /dev/null
        os.fchmod(descriptor, ONLY_OWNER)
    return os.fdopen(descriptor, "w", encoding="utf-8")


def make_directory(path: Path) -> None:
    """Make the directory, unless it exists. Its mode is then somebody's choice and stays."""
    path.mkdir(mode=ONLY_OWNER_ENTERS, parents=True, exist_ok=True)


def protect_sqlite(name: Path | str) -> None:
    """Make the database's files private. A new database gets an empty private file, before anything is in it."""
    if str(name).startswith((":memory:", "file:")):
        return
    path = Path(name)
    with suppress(OSError):  # no such directory, or a file of somebody else: SQLite says so itself, if it matters
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER))
        # Never open an existing database here: closing it would release SQLite's own locks of this process.
        for each in (path, *(Path(f"{path}{suffix}") for suffix in SQLITE_SIDE_FILES)):
            if each.is_file():
                each.chmod(ONLY_OWNER)
