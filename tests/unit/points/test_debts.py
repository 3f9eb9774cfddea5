"""Which points a claw-back takes, and how a debt is repaid."""

from datetime import date

import hypothesis.strategies as st
from hypothesis import given

from services.points.domain.buckets import NEVER, Share, draw_up_to, less, merged, overlap, total
from services.points.domain.debts import draw_back, repay

days = st.one_of(st.just(NEVER), st.dates(date(2026, 1, 1), date(2031, 12, 31)))
shares = st.lists(st.builds(Share, st.integers(0, 3), days, st.integers(1, 500)), max_size=12).map(merged)


def share(day: str, points: int, pool: int = 0) -> Share:
    return Share(pool, date.fromisoformat(day), points)


def test_a_claw_back_takes_first_where_the_earning_went_to_and_then_what_expires_first():
    free = [share("2026-12-31", 40), share("2027-12-31", 30), share("2028-12-31", 50)]

    assert draw_back(free, [share("2028-12-31", 20)], 55) == [
        share("2026-12-31", 35),
        share("2028-12-31", 20),
    ]


def test_of_the_earnings_bucket_no_more_than_the_earning_is_taken_first():
    free = [share("2026-12-31", 10), share("2028-12-31", 50)]

    assert draw_back(free, [share("2028-12-31", 20)], 25) == [share("2026-12-31", 5), share("2028-12-31", 20)]


def test_a_claw_back_takes_all_there_is_and_no_more():
    assert draw_back([share("2028-12-31", 7)], [], 100) == [share("2028-12-31", 7)]


def test_a_debt_is_repaid_out_of_what_expires_first():
    came = repay([share("2026-12-31", 10), share("2028-12-31", 10)], 12)

    assert (came.kept, came.repaid) == ([share("2028-12-31", 8)], 12)


@given(shares, st.integers(0, 6000))
def test_what_comes_in_is_kept_or_repays_the_debt(received: list[Share], owed: int):
    came = repay(received, owed)

    assert total(came.kept) + came.repaid == total(received)
    assert came.repaid == min(owed, total(received))
    assert overlap(came.kept, received) == came.kept


@given(shares, shares, st.integers(1, 6000))
def test_a_claw_back_takes_what_was_asked_or_all_there_is(free: list[Share], earned: list[Share], points: int):
    drawn = draw_back(free, earned, points)

    assert total(drawn) == min(points, total(free))
    assert overlap(drawn, free) == drawn  # never more of a bucket than is free in it
    wanted = min(points, total(overlap(free, earned)))
    assert total(overlap(drawn, earned)) >= wanted


@given(shares, st.integers(0, 6000))
def test_what_is_drawn_and_what_is_left_are_all_there_was(free: list[Share], points: int):
    drawn = draw_up_to(free, points)

    assert merged([*drawn, *less(free, drawn)]) == free
