"""``python -m bench.backup``: time and size of a backup and of its restore at 100,000 patients.

On a database of its own: the one that DATABASE_URL leads to is replaced (``bin/with-postgres`` has one
to spare), or else a file of SQLite that is deleted afterwards. The commands are the ones people run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def timed(*arguments: str) -> tuple[float, str]:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return time.perf_counter() - started, done.stdout


def main() -> None:
    workshop = Path(tempfile.mkdtemp(prefix="pinportal-bench."))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    kind = "PostgreSQL" if "DATABASE_URL" in os.environ else "SQLite"
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{workshop / 'bench.sqlite3'}")
    try:
        from bench import filling  # noqa: PLC0415  # not before DATABASE_URL is known

        filling.fill()
        made, said = timed("backup", "--to", str(workshop))
        file = Path(said.splitlines()[0])
        back, told = timed("restore", str(file), "--replace")
        megabytes = file.stat().st_size / 1024 / 1024
        print(f"{kind}, {filling.PATIENTS:,} patients: backup {made:.1f} s, {megabytes:.0f} MB; restore {back:.1f} s")
        print(f"  {told.splitlines()[0]}")
    finally:
        shutil.rmtree(workshop)


if __name__ == "__main__":
    main()
