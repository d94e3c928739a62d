"""Run actions at the same moment, like several people would."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Run the actions at the same moment, each with its own connection. Return what each returned or raised."""
    gate = Barrier(len(actions))

    def attempt(action: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return action()
        except Exception as error:  # any exception: the test checks it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(attempt, actions))
