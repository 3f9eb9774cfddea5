"""Every planted fault is found by the suite that answers for it: a test fails with the fault, and passes without it."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mutants.faults import MUTANTS
from tests.mutants.mutant import Mutant, copy_of_the_project, planted
from tests.mutants.verdict import GRACE_S, LIMIT_S, Colour, verdict_of

pytestmark = pytest.mark.timeout(2 * (LIMIT_S + GRACE_S) + 60)
IDS = [f"m{number:02} {mutant.promise} {mutant.name}" for number, mutant in enumerate(MUTANTS, 1)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_the_project(tmp_path_factory.mktemp("planted"))


@pytest.mark.parametrize("mutant", MUTANTS, ids=IDS)
def test_it_is_found(mutant: Mutant, project: Path, record_property: Callable[[str, object], None]) -> None:
    began = time.monotonic()
    with planted(mutant, project):
        verdict = verdict_of(mutant.suite, project)
    record_property("colour", verdict.colour)
    record_property("seconds", time.monotonic() - began)
    record_property("by", verdict.test)
    assert verdict.colour is Colour.RED, verdict.said
    sound = verdict_of([verdict.test], project)
    assert sound.colour is Colour.GREEN, f"it fails without the fault, too: {sound.said}"
