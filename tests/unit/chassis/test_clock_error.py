"""A clock that is wrong because somebody says so, and right where nobody does."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.chassis.clock import SETTING, SystemClock

TELL = "from services.chassis.clock import SystemClock; print(SystemClock().now().isoformat())"
SLOW = timedelta(minutes=5)


def told_by_a_process(file: Path) -> datetime:
    environment = {**os.environ, SETTING: str(file)}
    done = subprocess.run([sys.executable, "-c", TELL], env=environment, capture_output=True, text=True, check=True)
    return datetime.fromisoformat(done.stdout.strip())


@pytest.mark.parametrize("error_s", [86_400, -3_600])
def test_it_is_off_by_what_the_file_says(tmp_path: Path, error_s: int) -> None:
    file = tmp_path / "points"
    file.write_text(str(error_s))
    assert abs(told_by_a_process(file) - datetime.now(UTC) - timedelta(seconds=error_s)) < SLOW


def test_it_is_right_without_the_file(tmp_path: Path) -> None:
    assert abs(told_by_a_process(tmp_path / "points") - datetime.now(UTC)) < SLOW


def test_it_is_right_where_no_file_is_named() -> None:
    assert SETTING not in os.environ
    assert SystemClock().error() == timedelta(0)
