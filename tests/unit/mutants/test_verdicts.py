"""A fault is found where a test fails, and not where one could not be set up or collected."""

from pathlib import Path

import orjson
import pytest

from tests.mutants.mutant import ROOT
from tests.mutants.verdict import Colour, judged, verdict_of

pytest_plugins = "pytester"
pytestmark = pytest.mark.timeout(600)  # a pytest of its own takes long to start on a busy machine
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
def test_later(): assert 1 == 3
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


@pytest.mark.parametrize(
    ("suite", "seen"),
    [
        ({"fixtures": OF_FIXTURES}, ["setup test_not_set_up", "teardown test_not_cleared_up"]),
        ({"tests": WRONG}, ["call test_wrong"]),
        ({"imports": "import nothing_of_this_name"}, ["collect "]),
    ],
    ids=["fixtures that fail do not end it", "the first test that fails ends it", "a module that cannot be collected"],
)
def test_what_failed_is_noted(pytester: pytest.Pytester, suite: dict[str, str], seen: list[str]) -> None:
    pytester.makepyfile(**{f"test_{name}": text for name, text in suite.items()})
    pytester.inline_run("-p", "tests.mutants.watch", "--seen=seen")
    noted = [orjson.loads(line) for line in (pytester.path / "seen").read_bytes().splitlines()]
    assert [f"{each['when']} {each['test'].partition('::')[2]}" for each in noted] == seen


def test_the_test_that_failed_is_named(tmp_path: Path) -> None:
    (tmp_path / "test_tests.py").write_text(WRONG)
    verdict = verdict_of([str(tmp_path)], ROOT)
    assert verdict.colour is Colour.RED, verdict.said
    assert verdict.test.endswith("test_tests.py::test_wrong")


def test_what_does_not_end_is_ended_and_has_found_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.mutants.verdict.LIMIT_S", 0.5)
    (tmp_path / "test_long.py").write_text("import time\ndef test_long(): time.sleep(600)")
    assert verdict_of([str(tmp_path)], ROOT).colour is Colour.BROKEN
