"""``python -m bench.backup``: measure a backup and a restore at 100,000 patients.

The database of DATABASE_URL is replaced (``bin/with-postgres`` provides an empty one). Without DATABASE_URL, it uses a
SQLite file that is deleted afterwards. It runs the same commands as an administrator.
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
        from bench import filling  # noqa: PLC0415  # needs DATABASE_URL

        filling.fill()
        made, output = timed("backup", "--to", str(workshop))
        file = Path(output.splitlines()[0])
        back, report = timed("restore", str(file), "--replace")
        megabytes = file.stat().st_size / 1024 / 1024
        print(f"{kind}, {filling.PATIENTS:,} patients: backup {made:.1f} s, {megabytes:.0f} MB; restore {back:.1f} s")
        print(f"  {report.splitlines()[0]}")
    finally:
        shutil.rmtree(workshop)


if __name__ == "__main__":
    main()
