"""What charges earn, and from which day it counts."""

from datetime import date
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.chassis.transitions import IllegalTransition
from services.points.domain.bill_runs import BILL_RUN, AccrualRule, effective_day, points_of_charges


@pytest.mark.parametrize(
    ("fen", "per_yuan", "largest", "points"),
    [
        (0, "1", None, 0),
        (99, "1", None, 0),
        (100, "1", None, 1),
        (12_850, "1", None, 128),
        (1_099, "1.5", None, 16),
        (66, "1.5151", None, 0),
        (67, "1.5", None, 1),
        (10_000_000, "1", 500, 500),
        (100, "0", None, 0),
    ],
)
def test_whole_points_rounded_down_and_capped(fen: int, per_yuan: str, largest: int | None, points: int):
    assert points_of_charges([fen], [""], AccrualRule(Decimal(per_yuan), largest)) == [points]


@given(st.integers(0, 10**11), st.decimals("0", "99999", places=4))
def test_rounding_never_gives_a_point_too_many_or_two_too_few(fen: int, per_yuan: Decimal):
    (points,) = points_of_charges([fen], [""], AccrualRule(per_yuan))
    exact = fen * int(per_yuan * 10_000)  # in millionths of a point

    assert points * 1_000_000 <= exact < (points + 1) * 1_000_000


def test_excluded_kinds_earn_nothing_and_the_rest_is_capped_by_the_line():
    rule = AccrualRule(Decimal("1.5"), 100, excluded_kinds=frozenset({"gifted"}))

    assert points_of_charges([1_000, 1_000, 99_900], ["", "gifted", "monthly_fee"], rule) == [15, 0, 100]
    assert points_of_charges([1_000, 1_000], ["", ""], rule) == [15, 15]
    assert points_of_charges([], [], rule) == []


@pytest.mark.parametrize(
    ("period", "today", "day"),
    [
        ("2026-10", date(2026, 11, 20), date(2026, 10, 31)),
        ("2024-02", date(2026, 11, 20), date(2024, 2, 29)),
        ("2026-11", date(2026, 11, 20), date(2026, 11, 20)),
    ],
)
def test_points_count_from_the_end_of_the_period(period: str, today: date, day: date):
    assert effective_day(period, today) == day


def test_nothing_is_posted_before_the_totals_agreed_nor_twice():
    assert BILL_RUN.sources("start") == ("staged",)
    assert BILL_RUN.sources("finish") == ("posting",)
    for state in ("refused", "abandoned", "posted"):
        assert BILL_RUN.is_end(state)
    with pytest.raises(IllegalTransition):
        BILL_RUN.next("staging", "start")
