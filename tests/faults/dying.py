"""Work that is begun anew each time it dies, at one commit after the other, until it lives to its end."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from services.chassis.crash_points import KILLED, SETTING

MOST_DEATHS = 60
AT_MOST_S = 300


def type_it(words: Sequence[str], crash: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """``python -m words``, which dies where the file says."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        env={**os.environ, **environment, SETTING: str(crash)},
        capture_output=True,
        text=True,
        timeout=AT_MOST_S,
        check=False,
    )


def type_until_it_lives(
    words: Sequence[str], crash: Path, before: Callable[[int], object] = lambda _: None, **environment: str
) -> tuple[int, str]:
    """How often it died, before and after commits in turn, and what it said in the end. ``before`` is called before
    each try, with its number."""
    for nth in range(1, MOST_DEATHS):
        before(nth)
        crash.write_text(f"{('before_commit', 'after_commit')[nth % 2]}|*|{nth}")
        done = type_it(words, crash, **environment)
        if done.returncode == 0:
            crash.unlink(missing_ok=True)
            return nth - 1, done.stdout
        assert done.returncode == KILLED, done.stderr
    raise AssertionError(f"{' '.join(words)} never comes to its end")
