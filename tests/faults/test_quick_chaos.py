"""A minute of what bites most: the stores and both ends of the bus die while the shop is open."""

import random
from collections.abc import Callable

import pytest

from tests.faults.chaos import rage, schedule
from tests.faults.ordeal import Stage, undergo
from tests.faults.troubles import every_kind

BITING = (
    "kill points",
    "kill orders",
    "kill both of orders",
    "kill catalog",
    "kill gateway",
    "kill postgres",
    "kill rabbitmq",
    "kill a backend of postgres",
    "reset postgres",
    "reset rabbitmq",
)


@pytest.mark.timeout(3_600)
def test_promises_hold_while_what_matters_most_dies(stage: Stage, seed: int, tell: Callable[[str], None]) -> None:
    chosen = [trouble for trouble in every_kind() if trouble.kind in BITING]
    assert {trouble.kind for trouble in chosen} == set(BITING)
    troubles = schedule(chosen, 1, random.Random(seed))

    verdict = undergo(stage, rage(stage.parts, troubles, seed), seed)

    tell(verdict.report)
    assert verdict.breaches == [], verdict.accusation
    assert len(stage.history.accepted_orders()) > len(stage.supplies.buyers)
