"""Everything that may fail fails, each kind three times if ``--minutes`` is as usual, while the shop is open."""

import random
from collections.abc import Callable

import pytest

from tests.faults.chaos import rage, schedule
from tests.faults.ordeal import Stage, undergo
from tests.faults.troubles import every_kind

SECONDS_OF_ONE = 1.7
LANES = 3


@pytest.mark.timeout(3_600)
def test_promises_hold_while_everything_fails(
    stage: Stage, seed: int, tell: Callable[[str], None], request: pytest.FixtureRequest
) -> None:
    kinds = every_kind()
    seconds = float(request.config.getoption("--minutes")) * 60
    rounds = max(round(seconds / SECONDS_OF_ONE / len(kinds)), 1)
    troubles = schedule(kinds, rounds, random.Random(seed))

    verdict = undergo(stage, rage(stage.parts, troubles, seed, LANES), seed)

    tell(verdict.report)
    assert verdict.breaches == [], verdict.accusation
