"""A process that is told to die at a point dies there, once, and nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

from services.chassis.crash_points import KILLED, SETTING, CrashOnDemand, crash_point

TWO_POINTS = """
from services.chassis.crash_points import crash_point
crash_point("before_commit", "hold_points")
print("committed", flush=True)
crash_point("after_commit", "hold_points")
print("told", flush=True)
"""


def run(file: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, SETTING: str(file)}
    return subprocess.run(
        [sys.executable, "-c", TWO_POINTS], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_it_dies_at_the_point_and_its_successor_lives(tmp_path: Path) -> None:
    file = tmp_path / "points"
    file.write_text("after_commit|hold_points|1")

    died, successor = run(file), run(file)

    assert (died.returncode, died.stdout) == (KILLED, "committed\n")
    assert (successor.returncode, successor.stdout) == (0, "committed\ntold\n")


def deaths(asked: str, passed: list[tuple[str, str]], file: Path) -> list[int]:
    """At which of the passes it would have died."""
    file.write_text(asked)
    died: list[int] = []
    crash = CrashOnDemand(file, died.append)
    places = []
    for place, (point, detail) in enumerate(passed):
        before = len(died)
        crash(point, detail)
        places += [place] if len(died) > before else []
    return places


def test_it_counts_the_passes_of_what_was_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "points"
    passed = [("before_commit", "a"), ("after_commit", "b"), ("before_commit", "b"), ("before_commit", "a")]

    assert deaths("before_commit|a|2", passed, file) == [3]
    assert deaths("before_commit|*|2", passed, file) == [2]
    assert deaths("before_commit|c|1", passed, file) == []


def test_without_the_setting_nothing_happens() -> None:
    assert SETTING not in os.environ
    crash_point("before_commit", "hold_points")
