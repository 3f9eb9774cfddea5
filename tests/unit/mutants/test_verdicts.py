"""A fault is found where a test fails, and not where one could not be set up or collected."""

from pathlib import Path

import pytest

from tests.mutants.mutant import ROOT
from tests.mutants.verdict import Colour, judged, verdict_of

OF_FIXTURES = """
import pytest

@pytest.fixture
def broken(): raise ValueError

@pytest.fixture
def broken_at_its_end():
    yield
    raise ValueError

def test_not_set_up(broken): pass
def test_not_cleared_up(broken_at_its_end): pass
"""
WRONG = """
def test_wrong(): assert 1 == 2
def test_later(tmp_path): (tmp_path.parents[1] / "later").touch()
"""


@pytest.mark.parametrize(
    ("seen", "code", "colour"),
    [
        ([], 0, Colour.GREEN),
        (["call"], 1, Colour.RED),
        (["setup", "call"], 1, Colour.RED),
        (["setup"], 1, Colour.BROKEN),
        (["teardown"], 1, Colour.BROKEN),
        (["collect", "call"], 1, Colour.BROKEN),
        ([], 5, Colour.BROKEN),
        (["call"], None, Colour.BROKEN),
    ],
    ids=[
        "all passed",
        "a test failed",
        "a test failed beside one that could not be set up",
        "none could be set up",
        "one could not be cleared up after",
        "a module could not be collected",
        "there was no test",
        "it had to be ended",
    ],
)
def test_red_is_a_test_that_failed_itself(seen: list[str], code: int | None, colour: Colour) -> None:
    verdict = judged([{"when": when, "test": when} for when in seen], code)
    assert verdict.colour is colour
    assert verdict.test == ("call" if colour is Colour.RED else "")


def test_fixtures_that_fail_find_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_fixtures.py").write_text(OF_FIXTURES)
    verdict = verdict_of([str(tmp_path)], ROOT)
    assert verdict.colour is Colour.BROKEN, verdict.said


def test_the_first_test_that_fails_has_found_it_and_ends_the_suite(tmp_path: Path) -> None:
    (tmp_path / "test_fixtures.py").write_text(OF_FIXTURES)
    (tmp_path / "test_tests.py").write_text(WRONG)
    verdict = verdict_of([str(tmp_path), f"--basetemp={tmp_path / 'base'}"], ROOT)
    assert verdict.colour is Colour.RED, verdict.said
    assert verdict.test.endswith("test_tests.py::test_wrong")
    assert not (tmp_path / "later").exists()


def test_what_cannot_be_collected_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_import.py").write_text("import nothing_of_this_name")
    verdict = verdict_of([str(tmp_path)], ROOT)
    assert verdict.colour is Colour.BROKEN, verdict.said


def test_what_does_not_end_is_ended_and_has_found_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.mutants.verdict.LIMIT_S", 2)
    (tmp_path / "test_long.py").write_text("import time\ndef test_long(): time.sleep(60)")
    assert verdict_of([str(tmp_path)], ROOT).colour is Colour.BROKEN
