"""Several people at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Do these at the same moment, each with a connection of its own; what each returned or raised."""
    gate = Barrier(len(actions))

    def attempt(action: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return action()
        except Exception as error:  # whatever it is, the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(attempt, actions))
