"""What is true of every record that people edit."""

import hashlib

from django.db.models import Model
from django.forms.models import model_to_dict


def state_of(*records: Model) -> str:
    """A short mark of what these records hold, to go with a form and come back with it."""
    # As text: a choice that was just set and the same choice read back are different objects.
    values = repr([sorted((name, str(value)) for name, value in model_to_dict(each).items()) for each in records])
    return hashlib.sha256(values.encode()).hexdigest()[:16]


class Stale(Exception):
    """A colleague has changed the record since the page was opened; nothing was saved."""
