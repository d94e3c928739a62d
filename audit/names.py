"""The names that each line seals: whom it means, as called at that time.

A line has record numbers. Without the names, anyone who swaps two e-mails or chart numbers in the database would change
what the trail says. ``audit`` knows no other app, so each app registers where its names are. They are read with the
chain's head, in the same statement, so a line costs no query for them.

``AuditEvent.names`` looks like this; a record without a name is left out:

    {"user": {"email": …, "state": …}, "staff_record": {"id": …, "name": …, …}, "patient": {"chart_number": …},
     "others": {"user": {"7": {…}}, …}}

The first three are who acted and about whom; ``others`` are the records that the line's details name.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from audit.models import AuditEvent

USER, STAFF_RECORD, PATIENT = "user", "staff_record", "patient"
SIGN_IN = "sign_in"  # the name of a staff record that says whose it is

Names = dict[str, Any]
Known = Mapping[str, Mapping[str, Names]]  # kind → record number → names


@dataclass(frozen=True)
class Name:
    """One name of a record: its words, how SQL reads it, and which lines say that it changed.

    ``changed_by`` has actions. With a field, only a line of that action that lists this field.
    """

    words: str
    sql: str
    changed_by: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Source:
    """Where one kind of record has its names."""

    kind: str
    title: str
    model: type[models.Model]
    names: Mapping[str, Name]
    of_user: str = ""  # the column with the user whose record it is

    @property
    def table(self) -> str:
        return self.model._meta.db_table


SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    """Seal these names from now on. For ``AppConfig.ready``."""
    SOURCES[source.kind] = source


# --- Read ----------------------------------------------------------------------------------------


def columns() -> str:
    """The columns of a SELECT that read the names of some records, each as a JSON object by record number."""
    return "".join(f", {_column(source)} AS {source.kind}_names" for source in SOURCES.values())


def _column(source: Source) -> str:
    pairs = ", ".join(f"'{key}', {name.sql}" for key, name in source.names.items())
    if connection.vendor == "postgresql":
        value, is_one = f"json_object_agg(id, json_build_object({pairs}))::text", "= ANY(%s::bigint[])"
    else:
        value, is_one = f"json_group_object(id, json_object({pairs}))", "IN (SELECT value FROM json_each(%s))"
    wanted = f"id {is_one}" + (f" OR {source.of_user} {is_one}" if source.of_user else "")
    return f"(SELECT {value} FROM {source.table} WHERE {wanted})"  # noqa: S608  # our own table and column names


def parameters(lines: Iterable[AuditEvent]) -> list[Any]:
    """The parameters of ``columns``: the records that these lines mean."""
    wanted: dict[str, set[int]] = {USER: set(), STAFF_RECORD: set(), PATIENT: set()}
    for line in lines:
        wanted[USER].update([line.user_id] if line.user_id else [])
        wanted[PATIENT].update([line.patient_id] if line.patient_id else [])
        for kind, number in in_detail(line.detail):
            wanted[kind].add(number)
    found = []
    for source in SOURCES.values():
        found += [wanted[source.kind], *([wanted[USER]] if source.of_user else [])]
    as_parameter: Callable[[list[int]], Any] = list if connection.vendor == "postgresql" else json.dumps
    return [as_parameter(sorted(numbers)) for numbers in found]


def known(row: Any) -> Known:
    """The names in a row that ``columns`` has read."""
    return {kind: json.loads(getattr(row, f"{kind}_names") or "{}") for kind in SOURCES}


def in_detail(detail: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The kinds and numbers of the records that a line's details name."""
    for kind, key in ((USER, "account"), (USER, "account_before"), (STAFF_RECORD, "staff_record")):
        if isinstance(number := detail.get(key), int):
            yield kind, number
    for listed in str(detail.get("patients", "")).split():
        yield PATIENT, int(listed)


def current(source: Source) -> Iterator[tuple[int, Names]]:
    """Every record of this kind with its names as they are now."""
    expressions = ", ".join(name.sql for name in source.names.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {expressions} FROM {source.table}")  # noqa: S608  # our own names
        for number, *values in cursor.fetchall():
            yield number, dict(zip(source.names, values, strict=True))


# --- Seal ----------------------------------------------------------------------------------------


def of(line: AuditEvent, found: Known) -> Names:
    """The names to seal in this line."""
    names: Names = {}
    if user := found.get(USER, {}).get(str(line.user_id)):
        names[USER] = user
    if line.user_id and (record := _staff_record_of(line.user_id, found)):
        names[STAFF_RECORD] = record
    if patient := found.get(PATIENT, {}).get(str(line.patient_id)):
        names[PATIENT] = patient
    if others := _others(line.detail, found):
        names["others"] = others
    return names


def _staff_record_of(user_id: int, found: Known) -> Names:
    for number, values in found.get(STAFF_RECORD, {}).items():
        if values[SIGN_IN] == user_id:
            return {"id": int(number), **values}
    return {}


def _others(detail: Mapping[str, Any], found: Known) -> dict[str, dict[str, Names]]:
    others: dict[str, dict[str, Names]] = {}
    for kind, number in in_detail(detail):
        if values := found.get(kind, {}).get(str(number)):
            others.setdefault(kind, {})[str(number)] = values
        if kind == USER and (record := _staff_record_of(number, found)):
            others.setdefault(STAFF_RECORD, {})[str(record.pop("id"))] = record
    return others


# --- Read from a line ----------------------------------------------------------------------------


def acting(line: Any) -> Iterator[tuple[str, int, Names]]:
    """Who acted, and about which patient: kind, record number, names."""
    names: Names = line.names or {}
    if USER in names:
        yield USER, line.user_id, names[USER]
    if STAFF_RECORD in names:
        yield STAFF_RECORD, names[STAFF_RECORD]["id"], names[STAFF_RECORD]
    if PATIENT in names:
        yield PATIENT, line.patient_id, names[PATIENT]


def named(line: Any) -> Iterator[tuple[str, int, Names]]:
    """The records that the line's details name: kind, record number, names."""
    for kind, records in (line.names or {}).get("others", {}).items():
        for number, values in records.items():
            yield kind, int(number), values
