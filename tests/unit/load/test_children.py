"""Children that answer by lines."""

import pytest

from tests.load.children import ask, running
from tests.load.failures import BenchFailed

TALKER = "tests.unit.load.talker"


def test_a_child_is_asked_and_answers_whatever_it_logs_meanwhile() -> None:
    with running(TALKER) as child:
        assert [ask(child, word) for word in ("one", "two")] == ["you said one", "you said two"]
    assert child.poll() is not None


def test_a_child_that_ends_in_the_middle_ends_the_benchmark() -> None:
    with running(TALKER) as child, pytest.raises(BenchFailed, match="in the middle"):
        ask(child, "go")


def test_a_child_that_never_gets_ready_ends_the_benchmark() -> None:
    with pytest.raises(BenchFailed, match="did not start"), running(TALKER, "refuse"):
        pass
