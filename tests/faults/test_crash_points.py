"""Processes die at every point where the story of an order could be torn; each order ends well all the same."""

from collections.abc import Callable

import pytest

from tests.faults.crash_matrix import MATRIX
from tests.faults.crashing import Crashes
from tests.faults.ordeal import Stage, undergo


@pytest.mark.timeout(3_600)
def test_promises_hold_wherever_a_process_dies(stage: Stage, seed: int, tell: Callable[[str], None]) -> None:
    crashes = Crashes(stage.parts, stage.books, lambda: len(stage.history.accepted_orders()))

    verdict = undergo(stage, lambda log: crashes.make_all(MATRIX, log), seed, cancelled=0.4)

    tell(verdict.report)
    assert verdict.breaches == [], verdict.accusation
    assert crashes.missed == []
