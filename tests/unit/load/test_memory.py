"""Memory accounting, on children that hold a known amount, and share a known amount."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.load.cpu import Group, group_of_pids
from tests.load.failures import BenchFailed
from tests.load.memory import memory_of

SIZE_MB = 60
SLACK_MB = 6  # interpreters differ by little
OWN = f"held = b'x' * {SIZE_MB}_000_000"
SHARED = f"import mmap, os; held = mmap.mmap(-1, {SIZE_MB}_000_000); os.fork(); held.write(bytes({SIZE_MB}_000_000))"


@contextmanager
def holding(program: str) -> Iterator[Group]:
    command = [sys.executable, "-S", "-c", f"{program}\nprint('ready', flush=True)\nimport sys; sys.stdin.read()"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        process.stdout.readline()
        if "fork" in program:
            process.stdout.readline()
        yield group_of_pids("holder", [process.pid])
    finally:
        process.communicate(timeout=10)  # the end of its input is its own end, and that of its child


def test_what_a_process_holds_shows_in_both_measures() -> None:
    with holding("held = b''") as little, holding(OWN) as much:
        rss = memory_of(much).rss - memory_of(little).rss
        pss = memory_of(much).pss - memory_of(little).pss

    assert rss == pytest.approx(SIZE_MB, abs=SLACK_MB)
    assert pss == pytest.approx(SIZE_MB, abs=SLACK_MB)


def test_a_page_of_two_processes_counts_twice_in_rss_and_once_in_pss() -> None:
    with holding(SHARED) as family:
        memory = memory_of(family)

    assert memory.rss > 2 * SIZE_MB
    assert SIZE_MB <= memory.pss < SIZE_MB + 30


def test_a_process_that_has_ended_ends_the_benchmark() -> None:
    with holding("held = b''") as gone:
        pass

    with pytest.raises(BenchFailed, match="the memory of holder"):
        memory_of(gone)
