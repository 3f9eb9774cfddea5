"""What is wrong with lines of an adjustment, and what a good one does."""

from datetime import date

import hypothesis.strategies as st
from hypothesis import given

from services.points.domain.adjustments import Line, adjust, numbered, sums_of, wrong_lines
from services.points.domain.buckets import NEVER, NotEnough, Share, merged, total

LAST_DAY = date(2028, 12, 31)
days = st.one_of(st.just(NEVER), st.dates(date(2026, 1, 1), date(2031, 12, 31)))
shares = st.lists(st.builds(Share, st.integers(0, 3), days, st.integers(1, 500)), max_size=12).map(merged)


def test_every_wrong_line_is_named_with_its_number():
    lines = numbered([("ann", 5), ("bob", 0), ("ann", 7), ("cyd", 1)])

    assert [tuple(one) for one in wrong_lines(lines, {"cyd"})] == [(2, "nothing"), (3, "twice"), (4, "account_unknown")]


def test_good_lines_have_nothing_wrong_and_are_summed_apart():
    lines = numbered([("ann", 5), ("bob", -3), ("cyd", 10)])

    assert wrong_lines(lines, set()) == []
    assert sums_of(lines) == (3, 15, 3)


@given(st.lists(st.integers(-500, 500).filter(bool), min_size=1, max_size=30))
def test_what_comes_less_what_goes_is_the_sum_of_the_lines(points: list[int]):
    sums = sums_of([Line(place, str(place), one) for place, one in enumerate(points)])

    assert sums.added - sums.taken == sum(points)
    assert min(sums.added, sums.taken) >= 0


@given(st.integers(-3_000, 3_000).filter(bool), shares, st.integers(0, 1_000))
def test_a_line_moves_exactly_its_points_or_says_what_there_is(points: int, free: list[Share], owed: int):
    try:
        adjusted = adjust(points, free, owed, LAST_DAY)
    except NotEnough as lack:
        assert (points < 0, lack.found) == (True, total(free))
        assert total(free) < -points
        return
    assert total(adjusted.came) + adjusted.repaid - total(adjusted.went) == points
    assert adjusted.repaid == (min(owed, points) if points > 0 else 0)
