"""Backups of the database: one file each, with a manifest that describes and verifies its content.

    make → read (checks) → restore

A backup is a ZIP archive of two files: ``manifest.json`` (time, product version, kind of database, migrations, number
of rows, SHA-256 of the copy) and the copy itself. It contains all patient data, so only its owner can read the file.
It contains no key, so nobody can read the PINs from the backup alone (R7). Keep the keys elsewhere: see
docs/operations.md.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path
from typing import IO

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from audit import private_files
from audit.trail import Action, Actor, record
from practice import dumps, version

FORMAT = 2  # 1: by version 0.1.0, whose manifest does not name the version
MANIFEST = "manifest.json"


class BackupRefused(Exception):
    """No backup was made or restored, and nothing has changed. The message says why."""


@dataclass(frozen=True)
class Manifest:
    """The description of a backup, in the backup."""

    format: int
    version: str  # of the product
    made_at: str  # UTC, ISO 8601
    database: str  # sqlite or postgresql
    migrations: list[str]
    rows: dict[str, int]
    file_name: str
    bytes: int
    sha256: str


# --- Make ----------------------------------------------------------------------------------------


def make(*, directory: Path, by: Actor) -> Path:
    """Make a backup in this directory while the server keeps running, and return the file's path.

    The file gets its name when it is complete and on the disk. Only its owner can read it. Refused: if a file of that
    name exists, and a database of an earlier version. Writes an audit line, which is not in the backup itself.
    """
    if earlier := version.earlier_version_of_database():
        raise BackupRefused(f"PIN Portal {earlier} made this database. Back it up with version {earlier}.")
    made_at = timezone.now()
    target = directory / f"pinportal-{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}.zip"
    private_files.make_directory(directory)
    with _private_directory(directory) as workshop:
        kind = dumps.of_this_database()
        copy, unfinished = workshop / kind.file_name, workshop / target.name
        try:
            rows = kind.write(copy)
        except dumps.DumpFailed as error:
            raise BackupRefused(str(error)) from error
        manifest = Manifest(
            FORMAT,
            version.VERSION,
            made_at.astimezone(UTC).isoformat(),
            connection.vendor,
            version.applied_migrations(),
            rows,
            copy.name,
            copy.stat().st_size,
            _sha256(copy),
        )
        _pack(unfinished, manifest, copy, is_compressed=kind.is_compressed)
        with transaction.atomic():
            record(actor=by, action=Action.BACKUP_MADE, file=target.name, bytes=unfinished.stat().st_size)
            _give_name(unfinished, target)
    return target


@contextmanager
def _private_directory(next_to: Path) -> Iterator[Path]:
    """A directory on the same disk that only its owner can open. It is removed afterwards in any case."""
    path = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=next_to))
    mask = os.umask(0o077)
    try:
        yield path
    finally:
        os.umask(mask)
        shutil.rmtree(path)


def _pack(target: Path, manifest: Manifest, copy: Path, *, is_compressed: bool) -> None:
    # Level 1 saves three quarters as much as level 6, in a third of the time.
    method = zipfile.ZIP_STORED if is_compressed else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "x", compression=method, compresslevel=1) as archive:
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        archive.write(copy, copy.name)
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _give_name(unfinished: Path, target: Path) -> None:
    """Rename, but never overwrite another file."""
    if target.exists():
        raise BackupRefused(f"{target} already exists; nothing was overwritten.")
    unfinished.rename(target)
    directory = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(directory)  # write the name to the disk too
    finally:
        os.close(directory)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return _digest_of(file)


def _digest_of(file: IO[bytes]) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # files of a ZIP archive work too


# --- Read ----------------------------------------------------------------------------------------


def read(path: Path) -> Manifest:
    """Check every byte of the backup against its manifest, and return the manifest.

    Refused: a file that is not a backup, a damaged backup, and a backup of a version that this one cannot continue.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            with archive.open(manifest.file_name) as copy:
                digest = _digest_of(copy)
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
        raise BackupRefused(f"{path} is not a backup of PIN Portal, or is damaged: {error}") from error
    if digest != manifest.sha256:
        raise BackupRefused(f"{path} is damaged: its content differs from its manifest.")
    return manifest


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    content = json.loads(archive.read(MANIFEST))
    if earlier := version.earlier_version(content["migrations"]):
        raise BackupRefused(
            f"PIN Portal {earlier} made this backup, and version {version.VERSION} cannot restore it. Nothing has "
            f"changed. Install version {earlier} to restore it."
        )
    if content.get("format") != FORMAT:
        raise ValueError(f"format {content.get('format')}, but this version reads {FORMAT}")
    return Manifest(**content)


# --- Restore -------------------------------------------------------------------------------------


def restore(*, path: Path, manifest: Manifest) -> None:
    """Replace everything in the database with the backup, all or nothing. All sessions end.

    Refused: a backup of the other kind of database, and a backup of a newer version. The caller has asked whether the
    current data may be replaced.
    """
    if manifest.database != connection.vendor:
        raise BackupRefused(f"This is a backup of {manifest.database}, but DATABASE_URL is {connection.vendor}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if newer := [each for each in manifest.migrations if each not in known]:
        raise BackupRefused(
            f"This backup was made by a newer version: {manifest.version} ({newer[-1]}). Install that, then restore."
        )
    with _private_directory(path.parent) as workshop, zipfile.ZipFile(path) as archive:
        copy = Path(archive.extract(manifest.file_name, workshop))
        try:
            dumps.of_this_database().load(copy)
        except dumps.DumpFailed as error:
            raise BackupRefused(f"Nothing was restored, and nothing has changed. {error}") from error
    expected = manifest.rows | {"django_session": 0}
    if (found := dumps.count_rows()) != expected:
        wrong = sorted(table for table in {*found, *expected} if found.get(table) != expected.get(table))
        raise RuntimeError(f"Restored, but these tables differ from the backup: {', '.join(wrong)}")
