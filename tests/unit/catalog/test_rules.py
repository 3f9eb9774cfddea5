"""Prices, cursors and the life of a reservation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import CURSOR_INVALID
from services.catalog.domain.cursors import LARGEST_KEY, LARGEST_MOMENT, Place, cursor_after, place_of
from services.catalog.domain.prices import PriceTerm, price_changes
from services.catalog.domain.reservations import RESERVATION
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused
from services.chassis.transitions import IllegalTransition

keys = st.tuples(st.sampled_from(["p1", "p2"]), st.sampled_from(["registered", "gold"]), st.sampled_from([None, "s"]))
amounts = st.tuples(*[st.integers(0, 3)] * 3)
terms = st.dictionaries(keys, amounts).map(
    lambda found: {
        term.key: term for key, costs in found.items() for term in [PriceTerm(key[0], "sku", *costs, *key[1:])]
    }
)
PLAIN = {"category": None, "merchant_id": None, "words": None, "sort": "newest", "zone": None}


@given(stands=terms, wanted=terms)
def test_after_the_changes_the_wanted_prices_stand_and_no_other(stands, wanted):
    changes = price_changes(stands, wanted.values())
    after = {key: term for key, term in stands.items() if term not in changes.closed}
    assert not set(after) & {term.key for term in changes.opened}
    assert after | {term.key: term for term in changes.opened} == wanted


@given(terms)
def test_the_same_prices_change_nothing(stands):
    changes = price_changes(stands, stands.values())
    assert (changes.closed, changes.opened) == ([], [])


@given(key=st.integers(-LARGEST_KEY, LARGEST_KEY), words=st.none() | st.text(max_size=80))
def test_a_cursor_leads_back_to_its_place(key, words):
    wishes, place = {**PLAIN, "sort": "points_low", "words": words}, Place(key, derived_id("gds", "x"))
    cursor = cursor_after(place, wishes)
    assert place_of({**wishes, "cursor": cursor}) == place
    assert len(cursor) <= 200


@pytest.mark.parametrize("key", [-1, LARGEST_MOMENT + 1])
def test_a_moment_outside_of_time_is_refused(key):
    cursor = cursor_after(Place(key, derived_id("gds", "x")), PLAIN)
    with pytest.raises(Refused) as refusal:
        place_of({**PLAIN, "cursor": cursor})
    assert refusal.value.code == CURSOR_INVALID


@given(cursor=st.text(min_size=1, max_size=200))
def test_no_text_as_cursor_is_a_fault(cursor):
    with pytest.raises(Refused) as refusal:
        place_of({**PLAIN, "cursor": cursor})
    assert refusal.value.code == CURSOR_INVALID


@pytest.mark.parametrize(
    ("state", "event", "to"),
    [
        ("held", "commit", "committed"),
        ("held", "release", "released"),
        ("held", "expire", "expired"),
        ("held", "promise", "promised"),
        ("promised", "allot", "committed"),
        ("promised", "renounce", "released"),
        ("held", "prepare", "waiting"),
        ("waiting", "hand_over", "committed"),
        ("waiting", "call_off", "released"),
        ("expired", "revive", "held"),
        ("expired", "bury", "released"),
        ("committed", "take_back", "released"),
    ],
)
def test_a_reservation_moves_as_the_table_says(state, event, to):
    assert RESERVATION.next(state, event) == to


def test_nothing_else_is_allowed():
    allowed = {(state, event) for state in RESERVATION.states for event in RESERVATION.table[state]}
    assert len(allowed) == 12
    assert RESERVATION.is_end("released")
    with pytest.raises(IllegalTransition):
        RESERVATION.next("released", "commit")
