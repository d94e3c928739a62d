"""Choose the newest of several versions of a resource."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from patients.folding import fold
from patients.roster.reading import Resource
from patients.roster.records import Key
from patients.roster.report import Report
from patients.roster.values import LONG_AGO, mappings, text, texts

_T = TypeVar("_T")


def newest(resources: Sequence[Resource], *, report: Report) -> list[Resource]:
    """The resources without superseded versions, which are only counted."""
    best: dict[Key, Resource] = {}
    for resource in resources:
        if resource.server_id and _supersedes(resource, best.setdefault(resource.server_id, resource)):
            best[resource.server_id] = resource
    kept = []
    # References to an older version now lead to the newest one.
    inherited: dict[Key, list[Key]] = {}
    for resource in resources:
        if resource.server_id and _supersedes(best[resource.server_id], resource):
            report.superseded += 1
            inherited.setdefault(resource.server_id, []).extend(resource.local_keys)
        else:
            kept.append(resource)
    return [
        replace(
            resource, local_keys=tuple(dict.fromkeys((*resource.local_keys, *inherited.get(resource.server_id, ()))))
        )
        if resource.server_id and resource is best[resource.server_id]
        else resource
        for resource in kept
    ]


def _supersedes(one: Resource, other: Resource) -> bool:
    return _is_newer(one, other) and not _is_another_person(one, other)


def _is_newer(one: Resource, other: Resource) -> bool:
    """Whether a version is newer than another, by date or version number; False without either."""
    if LONG_AGO not in (one.updated, other.updated) and one.updated != other.updated:
        return one.updated > other.updated
    return bool(one.version and other.version and one.version > other.version)


def _is_another_person(one: Resource, other: Resource) -> bool:
    """Whether two resources with one id are two people, as in files that number their patients from 1.

    Both are then kept for matching. More than the name must differ, because all names of a patient can
    change at once, from "Baby Boy" to a real name.
    """
    if not _differ(_words(one), _words(other)):
        return False
    births = {text(item.body.get("birthDate")) for item in (one, other)} - {""}
    return one.kind == "RelatedPerson" or len(births) > 1 or _differ(set(one.identifiers()), set(other.identifiers()))


def _words(resource: Resource) -> set[str]:
    """All words of all names, folded."""
    parts = (name.get(part) for name in mappings(resource.body.get("name")) for part in ("text", "family", "given"))
    return {word for part in parts for found in texts(part) for word in fold(found).split()}


def _differ(ours: set[_T], theirs: set[_T]) -> bool:
    """Whether both sets are known and have nothing in common."""
    return bool(ours and theirs and not ours & theirs)
