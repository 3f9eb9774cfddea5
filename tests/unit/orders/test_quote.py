"""A quote explains itself: what the lanes say sums to what is paid, tenders sum to the total."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.refusal import Refused
from services.orders.contract import BULK_PRICE, LIST_PRICE, MEMBER_PRICE, QUOTE_ORDER
from services.orders.domain.quote import explained, tenders

UNITS = ("points", "cash_fen", "coins")
amounts = st.integers(0, 10**6)
prices = st.tuples(amounts, amounts, amounts).map(lambda found: dict(zip(UNITS, found, strict=True)))


def line_of(quantity, paid, plain, tier="registered", segment=None):
    taken = {"price_id": "p", **paid, "least_tier": tier, "segment": segment}
    return {
        "price_id": "p", "quantity": quantity, "list_price": plain and {"price_id": "p", **plain},
        **{f"unit_{unit}": paid[unit] for unit in UNITS}, **{unit: paid[unit] * quantity for unit in UNITS},
        "choices": [taken], "other_prices": [],
    }  # fmt: skip


def quote_of(*lines):
    return {"lines": list(lines), **{unit: sum(line[unit] for line in lines) for unit in UNITS}}


basket = st.lists(st.tuples(st.integers(1, 99), prices, st.none() | prices), min_size=1, max_size=5)


@given(basket)
def test_lanes_sum_to_the_line_and_tenders_to_the_total(found):
    quote = quote_of(*(line_of(*each) for each in found))
    told = explained(quote)
    for (quantity, paid, _), line in zip(found, told, strict=True):
        for unit in UNITS:
            assert sum(lane[unit] for lane in line["lanes"]) == paid[unit]
            assert line[unit] == paid[unit] * quantity
    due = {tender["kind"]: tender["amount"] for tender in tenders(quote, None)}
    for kind, unit in (("points", "points"), ("cash", "cash_fen"), ("coins", "coins")):
        assert due.get(kind, 0) == sum(line[unit] for line in told)


def test_a_member_price_says_what_it_saves_and_for_whom_it_is():
    plain, gold = dict(zip(UNITS, (1000, 50, 0), strict=True)), dict(zip(UNITS, (900, 50, 0), strict=True))
    [line] = explained(quote_of(line_of(2, gold, plain, tier="gold")))
    assert line["lanes"] == [
        {"lane": LIST_PRICE, "points": 1000, "cash_fen": 50, "coins": 0},
        {"lane": MEMBER_PRICE, "points": -100, "cash_fen": 0, "coins": 0},
    ]
    assert (line["line_no"], line["least_tier"], line["segment"], line["points"]) == (1, "gold", None, 1800)


def test_a_lane_that_says_nothing_is_left_out():
    plain = dict(zip(UNITS, (1000, 0, 3), strict=True))
    for told in (plain, None):
        [line] = explained(quote_of(line_of(1, plain, told)))
        assert [lane["lane"] for lane in line["lanes"]] == [LIST_PRICE]


def test_a_tender_says_what_the_member_has_of_it_if_that_is_known():
    quote = {"points": 10, "cash_fen": 5, "coins": 0}
    known = [{"kind": "points", "amount": 10, "available": 7}, {"kind": "cash", "amount": 5, "available": None}]
    assert tenders(quote, {"points": 7, "coins": 1}) == known
    assert [tender["available"] for tender in tenders(quote, None)] == [None, None]


def test_what_is_spared_is_named_once_each():
    line = {"sku_id": "sku_" + "a" * 32, "price_id": "prc_" + "a" * 32, "quantity": 1}
    asked = {"member_tier": "gold", "lines": [line]}
    assert QUOTE_ORDER.load_request({**asked, "spared_first": ["points", "cash", "coins"]})
    for wrong in (["cash"], ["cash", "cash", "coins"], ["cash", "coins", "gold"]):
        with pytest.raises(Refused):
            QUOTE_ORDER.load_request({**asked, "spared_first": wrong})


@given(st.integers(50, 1_000), prices, prices, st.none() | prices)
def test_lanes_of_what_is_bought_in_bulk_sum_to_what_a_piece_costs(quantity, own, in_bulk, plain):
    line = line_of(quantity, in_bulk, plain) | {"bulk": True}
    line["choices"] = [{"price_id": "p", **own, "least_tier": "registered", "segment": None}]
    [told] = explained(quote_of(line))
    for unit in UNITS:
        assert sum(lane[unit] for lane in told["lanes"]) == in_bulk[unit]
    saved = [{unit: lane[unit] for unit in UNITS} for lane in told["lanes"] if lane["lane"] == BULK_PRICE]
    assert saved == ([] if own == in_bulk else [{unit: in_bulk[unit] - own[unit] for unit in UNITS}])
