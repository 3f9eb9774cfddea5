"""Every planted fault is found by the suite that answers for it."""

from pathlib import Path

import pytest

from tests.mutants.faults import MUTANTS
from tests.mutants.mutant import Mutant, copy_of_the_project, planted, run_suite

pytestmark = pytest.mark.timeout(900)
FOUND, NOT_FOUND = 1, 0  # as pytest ends: tests failed, or all passed


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_the_project(tmp_path_factory.mktemp("planted"))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_it_is_found(mutant: Mutant, project: Path) -> None:
    with planted(mutant, project):
        run = run_suite(mutant.suite, project)
    assert run.returncode == FOUND, run.stdout[-2000:] + run.stderr[-1000:]
