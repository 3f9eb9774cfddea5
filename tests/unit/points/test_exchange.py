"""What exchanges cost, and that nobody gains or lives longer by them."""

from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

from services.points.domain.buckets import NEVER, NotEnough, Share, draw, merged, total
from services.points.domain.exchange import Rate, bought, carried, cost, gains_by_return

days = st.one_of(st.just(NEVER), st.dates(date(2026, 1, 1), date(2031, 12, 31)))
shares = st.lists(st.builds(Share, st.integers(0, 3), days, st.integers(1, 500)), min_size=1, max_size=12).map(merged)
rates = st.builds(Rate, st.integers(1, 1000), st.integers(1, 1000))
amounts = st.integers(1, 10**9)
HUNDRED_A_COIN = Rate(100, 1)


def share(day: str, points: int, pool: int = 0) -> Share:
    return Share(pool, date.fromisoformat(day), points)


@pytest.mark.parametrize(
    ("rate", "wanted", "price"),
    [(Rate(100, 1), 3, 300), (Rate(1, 100), 1, 1), (Rate(1, 100), 101, 2), (Rate(3, 2), 3, 5)],
)
def test_a_cost_is_rounded_up(rate: Rate, wanted: int, price: int):
    assert cost(rate, wanted) == price


def test_what_money_buys_is_rounded_down():
    assert (bought(HUNDRED_A_COIN, 99), bought(HUNDRED_A_COIN, 250)) == (0, 2)


def test_a_coin_lives_as_long_as_the_first_point_that_pays_for_it():
    given = [share("2026-12-31", 150), share("2027-12-31", 150)]

    assert carried(HUNDRED_A_COIN, given, 3) == [share("2026-12-31", 2), share("2027-12-31", 1)]


def test_many_points_for_a_coin_live_as_long_as_that_coin():
    given = [share("2026-12-31", 1), share("2027-12-31", 1)]

    assert carried(Rate(1, 80), given, 120) == [share("2026-12-31", 80), share("2027-12-31", 40)]


def test_pools_are_kept_apart():
    assert carried(Rate(1, 1), [share("2026-12-31", 2, pool=7), share("2026-12-31", 1)], 3) == [
        share("2026-12-31", 1),
        share("2026-12-31", 2, pool=7),
    ]


@given(rates, amounts)
def test_the_cost_is_the_least_that_buys_it(rate: Rate, wanted: int):
    price = cost(rate, wanted)

    assert bought(rate, price) >= wanted > bought(rate, price - 1)


@given(rates, rates, amounts)
def test_going_there_and_back_gains_nothing_unless_the_rates_do(there: Rate, back: Rate, start: int):
    coins = bought(there, start)
    points = bought(back, coins)

    assert points <= start or gains_by_return(there, back)


@given(rates, rates, amounts)
def test_what_was_bought_brings_back_no_more_than_it_cost(there: Rate, back: Rate, wanted: int):
    assume(not gains_by_return(there, back))

    assert bought(back, wanted) <= cost(there, wanted)


@given(rates, rates)
def test_a_gain_shows_for_some_amount_if_and_only_if_the_rates_gain(there: Rate, back: Rate):
    start = there.give * back.give  # comes out even both ways

    assert (bought(back, bought(there, start)) > start) == gains_by_return(there, back)


@given(rates, shares, st.data())
def test_what_is_bought_is_carried_whole_and_lives_no_longer(rate: Rate, free: list[Share], data: st.DataObject):
    most = bought(rate, total(free))
    assume(most > 0)
    wanted = data.draw(st.integers(1, most))
    paid = draw(free, cost(rate, wanted))

    got = carried(rate, paid, wanted)

    assert total(got) == wanted
    for day in {one.expires_on for one in got}:  # of what lives beyond any day, no more is bought than pays for it
        later = sum(one.points for one in got if one.expires_on >= day)
        paying = sum(one.points for one in paid if one.expires_on >= day)
        assert later <= bought(rate, paying) + 1
        assert later == 0 or paying > 0
    assert {one.pool for one in got} <= {one.pool for one in paid}


@given(shares, st.data())
def test_going_there_and_back_prolongs_nothing(free: list[Share], data: st.DataObject):
    there, back = Rate(7, 2), Rate(2, 7)
    coins = data.draw(st.integers(0, total(free) // 7)) * 2
    assume(coins > 0)
    paid = draw(free, cost(there, coins))

    again = carried(back, carried(there, paid, coins), cost(there, coins))

    assert total(again) == total(paid)
    for day in {one.expires_on for one in [*paid, *again]}:
        early = sum(one.points for one in paid if one.expires_on <= day)
        assert sum(one.points for one in again if one.expires_on <= day) >= early


def test_more_than_there_is_cannot_be_paid():
    with pytest.raises(NotEnough):
        draw([share("2026-12-31", 99)], cost(HUNDRED_A_COIN, 1))
