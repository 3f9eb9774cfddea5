"""What a suite says of a project: red if a test failed, and not where something could not be set up or collected."""

import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import orjson

from tests.mutants.watch import SEEN

GREEN = ("-p", "tests.support.green")
UNUSED = ("-p", "no:schemathesis", "-p", "no:anyio")  # most of what pytest takes to start
LIMIT_S, GRACE_S = 1_800, 60  # what hangs its own time-out ends; these are for a busy machine


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"
    BROKEN = "broken"


@dataclass(frozen=True)
class Verdict:
    """``test``: the one that failed, if it is red. ``said`` is what the suite told at its end."""

    colour: Colour
    test: str = ""
    said: str = ""


def verdict_of(suite: str | list[str], project: Path) -> Verdict:
    """Of ``suite``, as pytest is told, until the first test that fails."""
    words = suite.split() if isinstance(suite, str) else suite
    with tempfile.TemporaryDirectory() as folder:
        seen = Path(folder, "seen")
        code, said = _run(_command(words, seen), project)
        lines = seen.read_bytes().splitlines() if seen.exists() else []
    return judged([orjson.loads(line) for line in lines], code, said)


def judged(seen: list[dict[str, str]], code: int | None, said: str = "") -> Verdict:
    """``seen`` is what tests.mutants.watch noted; ``code`` is pytest's, None if it had to be ended."""
    failed = [each["test"] for each in seen if each["when"] == "call"]
    if any(each["when"] == "collect" for each in seen) or code is None:
        return Verdict(Colour.BROKEN, said=said)
    if failed:
        return Verdict(Colour.RED, failed[0], said)
    return Verdict(Colour.BROKEN if code else Colour.GREEN, said=said)


def _command(words: list[str], seen: Path) -> list[str]:
    green = GREEN if words[0].startswith("tests/integration/chassis") else ()
    watched = ("-p", "tests.mutants.watch", f"{SEEN}={seen}", "-p", "no:cacheprovider")
    return [sys.executable, "-W", "ignore", "-m", "pytest", "-q", *UNUSED, *watched, *green, *words]


def _run(command: list[str], project: Path) -> tuple[int | None, str]:
    """Exit code, None if it had to be ended, and the last of what was said. Interrupted, pytest clears up."""
    environment = os.environ | {"PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    child = subprocess.Popen(
        command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        said, _ = child.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGINT)
        try:
            said, _ = child.communicate(timeout=GRACE_S)
        finally:
            child.kill()
        return None, f"not over after {LIMIT_S} s\n{said[-2000:]}"
    return child.returncode, said[-3000:]
