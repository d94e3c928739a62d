#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pinportal.settings")
    if "runserver" not in sys.argv:
        # Statements of commands may take long. Only pages have a limit: see the settings.
        os.environ.setdefault("DATABASE_STATEMENT_SECONDS", "0")
    execute_from_command_line(sys.argv)
