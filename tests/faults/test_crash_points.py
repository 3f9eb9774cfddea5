"""Processes die at every point where the story of an order could be torn; each order ends well all the same."""

from collections.abc import Callable

import pytest

from tests.faults.chaos import FaultLog
from tests.faults.crash_matrix import MATRIX
from tests.faults.crashing import crash_all, rounds_of
from tests.faults.ordeal import Stage, undergo


@pytest.mark.timeout(2_400)
def test_promises_hold_wherever_a_process_dies(stage: Stage, seed: int, tell: Callable[[str], None]) -> None:
    missed: list[str] = []

    def crash_them_all(log: FaultLog) -> None:
        for crashes in rounds_of(MATRIX):
            log.note(*(crash.name for crash in crashes))
            missed.extend(crash_all(stage.parts, crashes, lambda: len(stage.history.accepted_orders())))

    verdict = undergo(stage, crash_them_all, seed, cancelled=0.4)

    tell(verdict.report)
    assert verdict.breaches == [], verdict.accusation
    assert missed == []
