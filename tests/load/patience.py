"""Waiting for a condition, with an end."""

import time
from collections.abc import Callable

from tests.load.failures import NeverCame

PATIENCE_S = 120.0
LOOK_EVERY_S = 0.1


def wait_until(what: str, is_so: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    """Looks ten times a second: looking costs CPU on the machine that is being measured."""
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            raise NeverCame(f"{what}: not within {within_s:.0f} s")
        time.sleep(LOOK_EVERY_S)
