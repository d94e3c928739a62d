"""Limits of what a form or an address of the schedule may contain."""

import re

YEARS = range(1900, 2201)  # no calendar beyond these
NUMBER = re.compile(r"[0-9]{1,18}")  # a record number, within the database's 64 bits
