"""What ``manage.py check --deploy`` tells whoever runs the server, besides Django's own."""

from typing import Any

from django.core import checks

from practice import languages


@checks.register(deploy=True)
def languages_are_reviewed(**kwargs: Any) -> list[checks.CheckMessage]:
    """Name the languages that no qualified human has read. Nothing is stopped: families are told as well."""
    if not (codes := languages.unreviewed()):
        return []
    message = f"Translations made by a machine and not yet reviewed by a qualified human: {', '.join(sorted(codes))}."
    hint = "45 CFR 92.201(c)(3) asks for that review where a text is critical; see docs/translating.md."
    return [checks.Info(message, hint=hint, id="practice.I001")]
