"""The limits of gifts."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.points.domain.gifts import BrokenLimit, GiftLimit, Given, broken_limit

LIMIT = GiftLimit(smallest=10, largest=500, points_a_day=800, points_a_month=2_000, gifts_a_day=3)
NOTHING = Given(points_today=0, points_this_month=0, gifts_today=0)


@pytest.mark.parametrize(
    ("before", "points", "broken"),
    [
        (NOTHING, 9, BrokenLimit("smallest", 10, 9)),
        (NOTHING, 10, None),
        (NOTHING, 500, None),
        (NOTHING, 501, BrokenLimit("largest", 500, 501)),
        (Given(400, 400, 1), 400, None),
        (Given(400, 400, 1), 401, BrokenLimit("points_a_day", 800, 801)),
        (Given(0, 1_600, 0), 400, None),
        (Given(0, 1_600, 0), 401, BrokenLimit("points_a_month", 2_000, 2_001)),
        (Given(20, 20, 2), 10, None),
        (Given(30, 30, 3), 10, BrokenLimit("gifts_a_day", 3, 4)),
    ],
)
def test_a_gift_is_within_all_limits_or_the_one_it_breaks_is_named(
    before: Given, points: int, broken: BrokenLimit | None
):
    assert broken_limit(LIMIT, before, points) == broken


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 600)), max_size=40))
def test_whatever_is_tried_what_was_given_stays_within_the_limits(tries: list[tuple[bool, int]]):
    today, month, gifts = 0, 0, 0
    for next_day, points in tries:
        today, gifts = (0, 0) if next_day else (today, gifts)
        if broken_limit(LIMIT, Given(today, month, gifts), points) is None:
            today, month, gifts = today + points, month + points, gifts + 1
        assert (today <= 800, month <= 2_000, gifts <= 3) == (True, True, True)
