"""Starting a child so that it dies with the launcher, and telling whether a process is still the same one.

Children get their own session (Ctrl-C reaches the launcher only) and, on Linux, a parent-death signal. That signal
follows the *thread* that started the child, so everything here is called from the main thread.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TypedDict

PR_SET_PDEATHSIG = 1


class RunAs(TypedDict, total=False):
    """How to drop root, in the words of subprocess.Popen."""

    user: str | int
    group: str | int
    extra_groups: list[str | int]


def start_child(
    command: Sequence[str | Path],
    *,
    output: BinaryIO | None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    death_signal: int = signal.SIGKILL,
    run_as: RunAs | None = None,
    nice: int = 0,
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [str(part) for part in command],
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        start_new_session=True,
        preexec_fn=_die_with_parent(death_signal, nice),  # noqa: PLW1509 - the launcher has one thread
        **(run_as or {}),
    )


def _die_with_parent(death_signal: int, nice: int) -> Callable[[], None]:
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None  # loaded before the fork

    def in_the_child() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.nice(nice)
        if prctl:
            prctl(PR_SET_PDEATHSIG, death_signal)

    return in_the_child


def start_time(pid: int) -> str:
    """A word that stays the same as long as `pid` is the same living process; empty when there is none."""
    if sys.platform != "linux":
        asked = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return asked.stdout.strip()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def same_process(pid: int, started: str) -> bool:
    return bool(started) and start_time(pid) == started


def send(pid: int, number: int, *, whole_group: bool = False) -> None:
    with suppress(ProcessLookupError):  # it ended by itself in between, which is what was wanted
        (os.killpg if whole_group else os.kill)(pid, number)
