"""CPU accounting, on children that burn a known amount by their own clock."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.load.cpu import Group, group_of_pids
from tests.load.failures import BenchFailed

BURN = """
import sys, time
for line in sys.stdin:
    until = time.process_time() + float(line)
    while time.process_time() < until: pass
    print(time.process_time(), flush=True)
"""
PARENT = """
import subprocess, sys
for line in sys.stdin:
    subprocess.run([sys.executable, "-S", "-c", "import time\\nwhile time.process_time() < %s: pass" % line.strip()])
    print("waited for", flush=True)
"""
TICKS_MS = 40.0  # the operating system counts in hundredths of a second; a few of them


@contextmanager
def child(program: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def burn(process: subprocess.Popen[str], seconds: float) -> None:
    assert process.stdin and process.stdout
    process.stdin.write(f"{seconds}\n")
    process.stdin.flush()
    process.stdout.readline()


def used_by(group: Group, process: subprocess.Popen[str], seconds: float) -> float:
    before = group.milliseconds()
    burn(process, seconds)
    return group.milliseconds() - before


def test_a_process_is_charged_what_it_burnt_however_busy_the_machine_is() -> None:
    with child(BURN) as process:
        group = group_of_pids("burner", [process.pid])
        burn(process, 0.0)

        assert used_by(group, process, 0.4) == pytest.approx(400, abs=TICKS_MS)


def test_twice_the_work_is_twice_the_time() -> None:
    with child(BURN) as process:
        group = group_of_pids("burner", [process.pid])
        burn(process, 0.0)

        once, twice = used_by(group, process, 0.3), used_by(group, process, 0.6)

        assert twice / once == pytest.approx(2.0, rel=0.25)


def test_a_waiting_process_is_charged_nothing() -> None:
    with child(BURN) as busy, child(BURN) as idle:
        group = group_of_pids("idle", [idle.pid])
        burn(idle, 0.0)

        assert used_by(group, busy, 0.3) <= TICKS_MS


def test_what_a_child_used_counts_also_after_it_ended() -> None:
    """So PostgreSQL's backends count when they are gone."""
    with child(PARENT) as process:
        group = group_of_pids("server", [process.pid])

        used = used_by(group, process, 0.3)

        assert 300 - TICKS_MS <= used <= 300 + 4 * TICKS_MS  # its interpreter had to start, too


def test_a_group_sums_its_processes() -> None:
    with child(BURN) as one, child(BURN) as other:
        together = group_of_pids("pair", [one.pid, other.pid])
        before = together.milliseconds()
        burn(one, 0.2)
        burn(other, 0.2)

        assert together.milliseconds() - before == pytest.approx(400, abs=2 * TICKS_MS + 40)


def test_a_process_that_ends_meanwhile_ends_the_benchmark() -> None:
    with child(BURN) as process:
        group = group_of_pids("orders", [process.pid])

    with pytest.raises(BenchFailed, match="a process of orders ended"):
        group.milliseconds()
