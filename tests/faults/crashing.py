"""Telling processes to die at a point, and waiting until they have and are back."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tests.faults.cast import TWICE, crash_file
from tests.faults.crash_matrix import Crash
from tests.faults.parts import Parts
from tests.support.mall import wait_until

WITHIN_S = 40.0
REPLICATED = {module.rpartition(".")[2] for module in TWICE}


def rounds_of(matrix: Iterable[Crash]) -> Iterator[list[Crash]]:
    """Of every process one crash a round, so that a round costs hardly more than a crash."""
    left = list(matrix)
    while left:
        now = {crash.process: crash for crash in reversed(left)}
        chosen = [crash for crash in left if now[crash.process] is crash]
        left = [crash for crash in left if crash not in chosen]
        yield chosen


def crash_all(parts: Parts, crashes: list[Crash]) -> list[str]:
    """The names of those that nobody died of though there was shopping all the time."""
    for crash in crashes:
        for file in _files(parts.home, crash):
            file.parent.mkdir(exist_ok=True)
            aside = file.with_suffix(".new")
            aside.write_text(crash.words)
            aside.replace(file)
    with suppress(TimeoutError):
        wait_until(lambda: all(_has_struck(parts.home, crash) for crash in crashes), WITHIN_S)
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
