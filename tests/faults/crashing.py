"""Telling processes to die at a point, and waiting until they have and are back."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tests.faults.cast import TWICE, crash_file
from tests.faults.crash_matrix import Crash
from tests.faults.parts import Parts, put_whole
from tests.support.mall import wait_until

WITHIN_S, AT_MOST_S = 40.0, 180.0
ENOUGH_ORDERS = 40
"""So many have to be accepted before a point counts as never passed: a busy machine is no reason, only slow."""
REPLICATED = {module.rpartition(".")[2] for module in TWICE}


def rounds_of(matrix: Iterable[Crash]) -> Iterator[list[Crash]]:
    """Of every process one crash a round, so that a round costs hardly more than a crash."""
    left = list(matrix)
    while left:
        now = {crash.process: crash for crash in reversed(left)}
        chosen = [crash for crash in left if now[crash.process] is crash]
        left = [crash for crash in left if crash not in chosen]
        yield chosen


def crash_all(parts: Parts, crashes: list[Crash], accepted: Callable[[], int]) -> list[str]:
    """The names of those that nobody died of though there was shopping all the time. ``accepted``: orders so far."""
    began, enough = time.monotonic(), accepted() + ENOUGH_ORDERS

    def is_over() -> bool:
        had_its_time = time.monotonic() > began + WITHIN_S and accepted() >= enough
        return had_its_time or all(_has_struck(parts.home, crash) for crash in crashes)

    for crash in crashes:
        for file in _files(parts.home, crash):
            put_whole(file, crash.words)
    with suppress(TimeoutError):
        wait_until(is_over, AT_MOST_S)
    missed = [crash.name for crash in crashes if not _has_struck(parts.home, crash)]
    for crash in crashes:
        for file in _files(parts.home, crash):
            file.unlink(missing_ok=True)
    parts.wait_for_all()
    return missed


def _has_struck(home: Path, crash: Crash) -> bool:
    return any(not file.exists() for file in _files(home, crash))


def _files(home: Path, crash: Crash) -> list[Path]:
    names = [crash.process, f"{crash.process}-2"] if crash.process in REPLICATED else [crash.process]
    return [crash_file(home, name) for name in names]
