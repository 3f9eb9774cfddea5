"""Which points are drawn on, and to which they go back."""

from datetime import date, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.points.domain.buckets import NEVER, NotEnough, Share, draw, merged, revive, spendable, total, undraw

TODAY = date(2026, 11, 20)
days = st.one_of(st.just(NEVER), st.dates(date(2026, 1, 1), date(2031, 12, 31)))
shares = st.lists(st.builds(Share, st.integers(0, 3), days, st.integers(1, 500)), max_size=12).map(merged)


def share(day: str, points: int, pool: int = 0) -> Share:
    return Share(pool, date.fromisoformat(day), points)


def test_what_expires_first_is_drawn_first():
    free = [share("2028-12-31", 10), share("2026-12-31", 4), Share(0, NEVER, 9)]

    assert draw(free, 6) == [share("2026-12-31", 4), share("2028-12-31", 2)]


def test_what_never_expires_is_drawn_last():
    assert draw([Share(0, NEVER, 9), share("2028-12-31", 1)], 2)[-1] == Share(0, NEVER, 1)


def test_points_are_spendable_on_their_last_day_and_not_after():
    on_time, late = share("2026-11-20", 5), share("2026-11-19", 5)

    assert spendable([late, on_time], TODAY) == [on_time]


def test_a_refund_undoes_the_latest_draw_first():
    drawn = [share("2026-12-31", 4), share("2028-12-31", 2)]

    assert undraw(drawn, 3) == [share("2028-12-31", 2), share("2026-12-31", 1)]


def test_expired_shares_come_back_into_one_bucket_with_grace():
    back = revive([share("2026-01-31", 3), share("2026-02-28", 4), share("2027-01-31", 5)], TODAY, 30)

    assert back == [share("2026-12-20", 7), share("2027-01-31", 5)]


@given(shares, st.integers(1, 6000))
def test_a_draw_takes_exactly_what_was_asked_or_says_what_there_is(free: list[Share], points: int):
    try:
        drawn = draw(free, points)
    except NotEnough as lack:
        assert lack.found == total(free) < points
        return
    assert total(drawn) == points
    rest = {(one.pool, one.expires_on): one.points for one in free}
    for one in drawn:
        rest[one.pool, one.expires_on] -= one.points
    assert min(rest.values()) >= 0
    last = max(one.expires_on for one in drawn)
    assert all(left == 0 for (_, day), left in rest.items() if day < last)  # nothing older is left behind


@given(shares, st.data())
def test_refunds_in_parts_give_back_exactly_what_was_drawn(drawn: list[Share], data: st.DataObject):
    left, back = drawn, []
    while left:
        part = undraw(left, data.draw(st.integers(1, total(left))))
        back += part
        left = [one for one in merged([*left, *[Share(p.pool, p.expires_on, -p.points) for p in part]]) if one.points]

    assert merged(back) == drawn


@given(shares, st.integers(0, 60))
def test_no_refund_lands_in_an_expired_bucket_and_none_gets_lost(undrawn: list[Share], grace: int):
    back = revive(undrawn, TODAY, grace)

    assert total(back) == total(undrawn)
    assert all(one.expires_on >= TODAY for one in back)
    assert len({(one.pool, one.expires_on) for one in back}) == len(back)


def test_drawing_more_than_there_is_names_what_there_is():
    with pytest.raises(NotEnough) as caught:
        draw([share("2026-12-31", 4)], 5)

    assert caught.value.found == 4


def test_grace_counts_from_the_day_of_the_refund():
    assert revive([share("2026-11-19", 1)], TODAY, 30)[0].expires_on == TODAY + timedelta(days=30)
