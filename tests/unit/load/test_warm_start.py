"""What the launcher says about its own start."""

import pytest

from deploy.launcher.language import text
from tests.load.failures import BenchFailed
from tests.load.warm_start import seconds_told


def test_the_seconds_are_those_that_the_launcher_tells() -> None:
    lines = iter(["points mall\n", "  ✓ seed data 33.5s\n", f"  {text('ready', seconds='9.3')}\n", "not read any more"])

    assert seconds_told(lines) == 9.3
    assert list(lines) == ["not read any more"]


def test_a_start_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(BenchFailed, match="did not get ready:\npoints mall\n  ✗ no disk"):
        seconds_told(["points mall\n", "  ✗ no disk\n"])
