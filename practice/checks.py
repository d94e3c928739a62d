"""Checks of ``manage.py check --deploy``, in addition to Django's own."""

from typing import Any

from django.core import checks

from practice import languages


@checks.register(deploy=True)
def languages_are_reviewed(**kwargs: Any) -> list[checks.CheckMessage]:
    """List languages that no qualified translator has reviewed. For information only; families see a note too."""
    if not (codes := languages.unreviewed()):
        return []
    message = f"Machine translations that no qualified human has reviewed: {', '.join(sorted(codes))}."
    hint = "45 CFR 92.201(c)(3) requires this review for critical texts; see docs/translating.md."
    return [checks.Info(message, hint=hint, id="practice.I001")]
