"""Several people at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do these at the same moment, each with a connection of its own; what each returned or raised."""
    gate = Barrier(len(deeds))

    def attempt(deed: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return deed()
        except Exception as error:  # whatever it is, the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(attempt, deeds))
