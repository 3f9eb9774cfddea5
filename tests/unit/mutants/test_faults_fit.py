"""Every planted fault still fits the code, answers for a promise, and is in the document."""

from pathlib import Path

import pytest

from tests.mutants.faults import MUTANTS
from tests.mutants.mutant import ROOT, Mutant

DOCUMENT = ROOT / "docs" / "reliability.md"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_it_has_its_place(mutant: Mutant) -> None:
    sound = (ROOT / mutant.file).read_text()
    assert mutant.planted_in(sound) != sound
    for place in mutant.suite.split():
        assert (ROOT / place.partition("::")[0]).exists()


def test_what_moved_on_is_said() -> None:
    with pytest.raises(ValueError, match=r"0 places in x\.py"):
        Mutant("nowhere", "P1", "x.py", "old", "new", "tests").planted_in("something else")


def test_there_are_enough_of_them() -> None:
    assert len(MUTANTS) >= 20
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


def test_the_document_lists_each() -> None:
    section = DOCUMENT.read_text().partition("## Faults that were planted")[2].splitlines()
    listed = [line for line in section if line.startswith("| P") or line.startswith("| security")]
    rows = {
        f"| {mutant.promise} | {mutant.name} | `{Path(mutant.file).as_posix()}` | {_suites(mutant)} |"
        for mutant in MUTANTS
    }
    assert rows == set(listed)


def _suites(mutant: Mutant) -> str:
    return ", ".join(f"`{place.removeprefix('tests/')}`" for place in mutant.suite.split())
