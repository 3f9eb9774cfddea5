"""Making a purchase out of a basket of several merchants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.placing import order_id_of
from services.orders.domain.purchase import draft_purchase, quotes_by_order
from tests.unit.orders.test_placing import quote_of, request_for

UNITS = ("points", "coins", "cash_fen")
AMOUNT = st.integers(0, 10**9)
LINE = st.tuples(st.sampled_from(["a", "b", "c", "d"]), st.integers(1, 99), AMOUNT, AMOUNT, AMOUNT)


def basket(*lines):
    """Lines of (merchant, quantity, points, fen, coins)."""
    quote = quote_of(*[("physical", quantity, points, fen) for _, quantity, points, fen, _ in lines])
    for line, (merchant, *_, coins) in zip(quote["lines"], lines, strict=True):
        line |= {"merchant_id": merchant, "coins": coins}
    return {**quote, "coins": sum(line[4] for line in lines)}


def purchase(quote, **changes):
    expected = {unit: quote[unit] for unit in UNITS}
    return draft_purchase(request_for(quote, expected=expected, **changes), quote)


def test_each_merchant_gets_an_order_with_their_lines_in_the_order_of_the_basket():
    drafts = purchase(basket(("a", 1, 5, 0, 0), ("b", 2, 7, 3, 0), ("a", 3, 1, 0, 0)))
    lines = {draft.lines[0]["merchant_id"]: draft.lines for draft in drafts}
    assert {key: [(line["line_no"], line["quantity"]) for line in lines[key]] for key in lines} == {
        "a": [(1, 1), (2, 3)],
        "b": [(1, 2)],
    }
    assert {(draft.points, draft.cash_fen, draft.provider) for draft in drafts} == {(6, 0, None), (7, 3, "alipay")}


def test_an_order_alone_is_named_by_its_request_and_several_by_their_merchants_too():
    alone, two = basket(("a", 1, 5, 0, 0)), basket(("a", 1, 5, 0, 0), ("b", 1, 5, 0, 0))
    assert [draft.order_id for draft in purchase(alone)] == [order_id_of(request_for(alone))]
    first, second = purchase(two)
    assert order_id_of(request_for(two)) not in (first.order_id, second.order_id)
    assert first.order_id < second.order_id  # as they are locked
    turned_round = basket(("b", 1, 5, 0, 0), ("a", 1, 5, 0, 0))
    assert [draft.order_id for draft in purchase(turned_round)] == [first.order_id, second.order_id]
    assert {draft.purchase_id for draft in (*purchase(alone), first, second)} == {first.purchase_id}


def test_the_total_of_the_whole_basket_is_what_is_agreed_to():
    quote = basket(("a", 1, 5, 0, 0), ("b", 1, 5, 0, 0))
    with pytest.raises(Refused, match=contract.TOTAL_CHANGED) as refused:
        draft_purchase(request_for(quote, expected={"points": 5, "cash_fen": 0}), quote)
    assert refused.value.details["total"] == {"points": 10, "coins": 0, "cash_fen": 0}


@given(st.lists(LINE, min_size=1, max_size=8), st.data())
def test_the_orders_sum_to_the_basket_and_the_units_to_the_orders(lines, data):
    """Also when the basket costs less than its lines."""
    quote = basket(*lines)
    for unit in UNITS:
        quote[unit] = data.draw(st.integers(0, quote[unit]))
    drafts = purchase(quote)
    for unit in UNITS:
        assert sum(getattr(draft, unit) for draft in drafts) == quote[unit]
        for draft in drafts:
            assert sum(line[unit] for line in draft.lines) == getattr(draft, unit)
            assert all(sum(line[f"unit_{unit}"]) == line[unit] for line in draft.lines)
    assert sum(len(draft.lines) for draft in drafts) == len(lines)
    assert len({draft.order_id for draft in drafts}) == len({line[0] for line in lines})


@given(st.lists(LINE, min_size=1, max_size=8))
def test_what_is_quoted_by_line_stays_with_its_line(lines):
    quote = basket(*lines)
    for part in quotes_by_order(quote).values():
        assert {unit: part[unit] for unit in UNITS} == {
            unit: sum(line[unit] for line in part["lines"]) for unit in UNITS
        }
