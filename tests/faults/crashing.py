"""Telling processes to die at a point, and waiting until they have and are back."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from tests.faults.cast import TWICE, crash_file
from tests.faults.chaos import FaultLog
from tests.faults.crash_matrix import Crash
from tests.faults.parts import Parts, put_whole
from tests.faults.rest import Books
from tests.load.failures import NeverCame
from tests.load.patience import wait_until

WITHIN_S, AT_MOST_S = 40.0, 600.0
ENOUGH_ORDERS = 40
"""So many have to be accepted before a point counts as never passed: a busy machine is no reason, only slow."""
REPLICATED = {module.rpartition(".")[2] for module in TWICE}


def lanes_of(matrix: Iterable[Crash]) -> list[list[Crash]]:
    """What one process dies of, one after the other; beside that the others die of theirs."""
    lanes: dict[str, list[Crash]] = {}
    for crash in matrix:
        lanes.setdefault(crash.process, []).append(crash)
    return list(lanes.values())


class Crashes:
    """``accepted``: orders so far. ``missed``: the names of those that nobody died of though there was shopping all
    the time."""

    def __init__(self, parts: Parts, books: Books, accepted: Callable[[], int]) -> None:
        self._parts, self._books, self._accepted = parts, books, accepted
        self.missed: list[str] = []

    def make_all(self, matrix: Iterable[Crash], log: FaultLog) -> None:
        lanes = lanes_of(matrix)
        with ThreadPoolExecutor(len(lanes)) as pool:
            list(pool.map(lambda lane: [self._make(crash, log) for crash in lane], lanes))

    def _make(self, crash: Crash, log: FaultLog) -> None:
        log.note(crash.name)
        before = self._parts.records()
        files = {name: crash_file(self._parts.home, name) for name in _names(crash)}
        for file in files.values():
            put_whole(file, crash.words)
        if crash.timer:
            self._books.make_due(crash.process, crash.timer)
        self._wait_for_a_death(crash.name, list(files.values()))
        dead = [name for name, file in files.items() if not file.exists()]
        for file in files.values():
            file.unlink(missing_ok=True)
        if not dead:
            self.missed.append(crash.name)
        for name in dead:
            log.recovered_s[f"crash of {crash.process}"].append(self._parts.wait_for_another(before[name]))

    def _wait_for_a_death(self, what: str, files: list[Path]) -> None:
        began, enough = time.monotonic(), self._accepted() + ENOUGH_ORDERS

        def is_over() -> bool:
            had_its_time = time.monotonic() > began + WITHIN_S and self._accepted() >= enough
            return had_its_time or any(not file.exists() for file in files)

        with suppress(NeverCame):
            wait_until(what, is_over, AT_MOST_S)


def _names(crash: Crash) -> list[str]:
    return [crash.process, f"{crash.process}-2"] if crash.process in REPLICATED else [crash.process]
