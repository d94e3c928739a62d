"""Read files and return FHIR resources, each with its position and its keys."""

import datetime
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from patients.roster.records import InvalidRecord, Key, Origin
from patients.roster.report import Report
from patients.roster.values import LONG_AGO, mapping, mappings, moment, text

BOM = b"\xef\xbb\xbf"
ENDINGS = (".json", ".ndjson")
MAX_KEY = 255  # characters, as in the database
MAX_SHOWN = 80  # characters of an id or an address in a report
MAX_NESTED_BUNDLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One FHIR resource: its JSON, its position, its keys, and what its references are relative to."""

    kind: str
    body: dict[str, Any]
    origin: Origin
    source: str
    # The Bundle it is in, where references are resolved first; empty if it is in none.
    scope: str = ""
    # The base address of its relative references, such as "http://example.org/fhir/".
    base: str = ""
    server_id: Key | None = None
    local_keys: tuple[Key, ...] = ()
    updated: datetime.datetime = LONG_AGO
    version: int = 0

    def identifiers(self) -> tuple[Key, ...]:
        """The identifiers of the resource, without empty and too long ones."""
        found = (identifier_key(item) for item in mappings(self.body.get("identifier")))
        return tuple(dict.fromkeys(key for key in found if key))

    def keys(self) -> tuple[Key, ...]:
        """All keys by which the next import can find this resource again."""
        return (*self.identifiers(), *([self.server_id] if self.server_id else []))

    def content_key(self) -> Key:
        """A key for a resource without one: a hash of its content, without ``id`` and ``meta``."""
        content = {name: value for name, value in self.body.items() if name not in ("id", "meta")}
        try:
            canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError as error:
            raise InvalidRecord("nested too deeply to be identified by its content") from error
        return Key("urn:pinportal:fhir-content", hashlib.sha256(canonical).hexdigest())


def identifier_key(identifier: dict[str, Any]) -> Key | None:
    """The key of an identifier; None if its value is empty or too long."""
    system, value = text(identifier.get("system")), text(identifier.get("value"))
    fits = value and len(system) <= MAX_KEY and len(value) <= MAX_KEY
    return Key(system, value) if fits else None


def server_key(*, source: str, kind: str, value: str) -> Key | None:
    """The key made from a server's id; None if the id is empty or too long."""
    fits = value and len(value) <= MAX_KEY
    return Key(f"urn:pinportal:fhir-id:{source[:100]}/{kind}", value) if fits else None


def url_system(source: str) -> str:
    """The key system for full addresses of a source's resources, during one import."""
    return f"urn:pinportal:fhir-url:{source}"


def files_below(path: Path) -> list[Path]:
    """The roster files in a folder, in a stable order; for a file, the file itself."""
    if path.is_file():
        return [path]
    return sorted(found for found in path.rglob("*") if found.suffix.lower() in ENDINGS and found.is_file())


def read_file(path: Path, *, source: str, report: Report) -> list[Resource]:
    """Read one file and return its resources. Everything else is reported; errors do not end the import."""
    if path.suffix.lower() not in ENDINGS:
        report.problem(origin=f"{path}", reason="neither .json nor .ndjson; not read")
        return []
    try:
        content = path.read_bytes().removeprefix(BOM)
    except OSError as error:
        report.problem(origin=f"{path}", reason=f"cannot be read: {error.strerror}")
        return []
    report.files += 1
    reader = _Reader(file=str(path), source=source, report=report)
    if path.suffix.lower() == ".ndjson":
        for number, line in enumerate(content.split(b"\n"), start=1):
            if line.strip():
                reader.read(line, place=f"line {number}")
    else:
        reader.read(content, place="the file")
    return reader.found


class _Reader:
    """Collects the resources of one file."""

    def __init__(self, *, file: str, source: str, report: Report) -> None:
        self.file = file
        self.source = source
        self.report = report
        self.found: list[Resource] = []

    def read(self, raw: bytes, *, place: str) -> None:
        """Read one JSON text: a resource or a Bundle."""
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            self._not_read(place, _why_not_json(raw, error))
            return
        self._take(value, place=place)

    def _not_read(self, place: str, reason: str) -> None:
        self.report.problem(origin=f"{self.file}:{place}", reason=reason)

    def _take(self, value: Any, *, place: str) -> None:
        if not isinstance(value, dict):
            self._not_read(place, f"not a FHIR resource but {_what(value)}")
        elif not (kind := text(value.get("resourceType"))):
            self._not_read(place, "not a FHIR resource: it has no resourceType")
        elif kind == "Bundle":
            self._open_bundle(value, place=place, depth=1)
        else:
            self._add(Resource(kind=kind, body=value, source=self.source, origin=self._origin(value, place)))

    def _open_bundle(self, bundle: dict[str, Any], *, place: str, depth: int) -> None:
        scope = f"urn:pinportal:bundle:{self.file}#{place}"
        entries = bundle.get("entry")
        if entries is not None and not isinstance(entries, list):
            self._not_read(place, f"the Bundle's entry is not a list but {_what(entries)}")
            return
        for index, entry in enumerate(entries or []):
            full_url = text(mapping(entry).get("fullUrl"))
            inside = f"{place}, " if depth > 1 else ""
            where = f"{inside}entry {index}" + (f" ({full_url[:MAX_SHOWN]})" if full_url else "")
            self._open_entry(entry, place=where, scope=scope, full_url=full_url, depth=depth)

    def _open_entry(self, entry: Any, *, place: str, scope: str, full_url: str, depth: int) -> None:
        if not isinstance(entry, dict):
            self._not_read(place, f"not an entry but {_what(entry)}")
            return
        body = entry.get("resource")
        method = text(mapping(entry.get("request")).get("method")).upper()
        if body is None:
            self.report.left_out["entries without a resource"] += 1
        elif not isinstance(body, dict) or not text(body.get("resourceType")):
            self._not_read(place, "not a FHIR resource: it has no resourceType")
        elif text(body["resourceType"]) != "Bundle":
            self._add_entry(body, place=place, scope=scope, full_url=full_url, is_new=method == "POST")
        elif depth < MAX_NESTED_BUNDLES:
            self._open_bundle(body, place=place, depth=depth + 1)
        else:
            self._not_read(place, "Bundles nested too deeply")

    def _add_entry(self, body: dict[str, Any], *, place: str, scope: str, full_url: str, is_new: bool) -> None:
        """Add a Bundle entry. ``is_new``: the sender asks to create it, so its id is a placeholder, not a key."""
        kind, local_id = text(body["resourceType"]), text(body.get("id"))
        base, found, _ = full_url.rpartition(f"{kind}/")
        local_keys = [Key(scope, full_url)] if full_url else []
        if local_id:
            local_keys.append(Key(scope, f"{kind}/{local_id}"))
        if full_url and not is_new:
            local_keys.append(Key(url_system(self.source), full_url))
        self._add(
            Resource(
                kind=kind,
                body=body,
                source=self.source,
                origin=self._origin(body, place),
                scope=scope,
                base=base if found else "",
                local_keys=tuple(dict.fromkeys(local_keys)),
            ),
            has_server_id=not is_new,
        )

    def _add(self, resource: Resource, *, has_server_id: bool = True) -> None:
        meta = mapping(resource.body.get("meta"))
        version = text(meta.get("versionId"))
        local_id = text(resource.body.get("id")) if has_server_id else ""
        self.found.append(
            replace(
                resource,
                server_id=server_key(source=self.source, kind=resource.kind, value=local_id),
                updated=moment(meta.get("lastUpdated")) or LONG_AGO,
                version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0,  # noqa: PLR2004
            )
        )
        self.report.resources += 1

    def _origin(self, body: dict[str, Any], place: str) -> Origin:
        named = "/".join(part for part in (text(body.get("resourceType")), text(body.get("id"))) if part)
        return Origin(self.file, place, named[:MAX_SHOWN])


def _what(value: Any) -> str:
    names = {list: "a list", str: "a text", dict: "an object", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _why_not_json(raw: bytes, error: orjson.JSONDecodeError) -> str:
    if not raw.strip():
        return "empty"
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "not UTF-8 text"
    if "limit" in error.msg:  # "recursion limit reached" or "depth limit exceeded", by version
        return "nested too deeply to be read"
    return f"not JSON (line {error.lineno}, column {error.colno})"
