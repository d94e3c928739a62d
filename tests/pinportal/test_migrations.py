"""The migrations match the models."""

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.postgres


@pytest.mark.usefixtures("db")
def test_no_model_change_is_without_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
