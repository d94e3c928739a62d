"""Which of several versions of one resource counts."""

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
    """The resources without older versions of the same; these are counted and no longer looked at."""
    best: dict[Key, Resource] = {}
    for resource in resources:
        if resource.server_id and _supersedes(resource, best.setdefault(resource.server_id, resource)):
            best[resource.server_id] = resource
    kept = []
    # What an older version was called in its Bundle means the newer one now.
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
    return _is_newer(one, other) and not _is_somebody_else(one, other)


def _is_newer(one: Resource, other: Resource) -> bool:
    """Whether one version is known to be newer than another; what bears no date or number is not."""
    if LONG_AGO not in (one.updated, other.updated) and one.updated != other.updated:
        return one.updated > other.updated
    return bool(one.version and other.version and one.version > other.version)


def _is_somebody_else(one: Resource, other: Resource) -> bool:
    """Whether two resources under one id are two people, as in files that number their patients from 1.

    Nobody is dropped quietly then: the matching looks at both. A patient's names can change all at once,
    from "Baby Boy" to a real one, so that more than the name must differ.
    """
    if not _differ(_words(one), _words(other)):
        return False
    births = {text(item.body.get("birthDate")) for item in (one, other)} - {""}
    return one.kind == "RelatedPerson" or len(births) > 1 or _differ(set(one.identifiers()), set(other.identifiers()))


def _words(resource: Resource) -> set[str]:
    """All words of all names."""
    parts = (name.get(part) for name in mappings(resource.body.get("name")) for part in ("text", "family", "given"))
    return {word for part in parts for found in texts(part) for word in fold(found).split()}


def _differ(ours: set[_T], theirs: set[_T]) -> bool:
    """Whether both are known and have nothing in common."""
    return bool(ours and theirs and not ours & theirs)
