"""The life of a listing; what points are worth in a price, and when that is too little or too much."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import LISTING_NOT_GOOD_ENOUGH, MERITS
from services.catalog.domain.listings import LISTING, check_merits
from services.catalog.domain.prices import PriceTerm
from services.catalog.domain.value import Band, market_value, outside, value_of_points
from services.chassis.refusal import Refused
from services.chassis.transitions import IllegalTransition

MOVES = {
    ("draft", "draft_anew"): "draft",
    ("draft", "submit"): "submitted",
    ("submitted", "approve"): "listed",
    ("submitted", "reject"): "rejected",
    ("rejected", "draft_anew"): "draft",
}


def test_a_listing_moves_as_the_table_says_and_in_no_other_way():
    for state in LISTING.states:
        for event in ("draft_anew", "submit", "approve", "reject"):
            if (state, event) in MOVES:
                assert LISTING.next(state, event) == MOVES[state, event]
            else:
                with pytest.raises(IllegalTransition):
                    LISTING.next(state, event)
    assert LISTING.is_end("listed")


@given(st.lists(st.sampled_from(MERITS)))
def test_two_different_merits_are_enough(merits):
    if len(set(merits)) >= 2:
        assert check_merits(merits) == sorted(set(merits))
    else:
        with pytest.raises(Refused) as refusal:
            check_merits(merits)
        assert refusal.value.code == LISTING_NOT_GOOD_ENOUGH


def part(value, quantity=1):
    return SimpleNamespace(market_value_fen=value, quantity=quantity)


def test_a_piece_is_worth_all_its_elements_if_all_are_known():
    assert market_value([part(100, 2), part(0), part(50)]) == 250
    assert market_value([part(100), part(None)]) is None


amounts = st.integers(0, 10**7)


@given(worth=amounts, points=st.integers(1, 10**7), cash=amounts, coins=st.integers(0, 10**4))
def test_a_thousand_points_are_worth_what_cash_and_coins_do_not_pay_rounded_down(worth, points, cash, coins):
    value = value_of_points(worth, PriceTerm("p", "s", points, cash, coins))
    left = (worth - cash - 100 * coins) * 1000
    assert value * points <= left < (value + 1) * points


def test_where_no_points_are_paid_or_nothing_is_known_there_is_no_value():
    assert value_of_points(100, PriceTerm("p", "s", 0, 100)) is None
    assert value_of_points(None, PriceTerm("p", "s", 100, 0)) is None


@given(worth=st.none() | amounts, points=st.integers(0, 10**4), accepted=st.none() | st.integers(-5_000, 5_000))
def test_a_price_is_outside_if_it_is_beyond_the_band_and_beyond_what_was_accepted(worth, points, accepted):
    term, band = PriceTerm("p", "s", points, 1), Band(500, 2_000)
    value = value_of_points(worth, term)
    found = outside(band, {"s": worth}, [term], {} if accepted is None else {("p", "registered", ""): accepted})
    low, high = min(500, 500 if accepted is None else accepted), max(2_000, accepted or 0)
    assert bool(found) == (value is not None and not low <= value <= high)
