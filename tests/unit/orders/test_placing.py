"""Making an order out of a request and a quote."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import own_element
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.page_cursor import cursor_of, place_of
from services.orders.domain.placing import basket_of, frozen_lines, order_id_of
from services.orders.domain.purchase import draft_purchase
from services.orders.domain.terms import SaleTerms

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
ADDRESS = {"name": "王芳"}
TERMS = SaleTerms(
    pay_window_s=900, hold_grace_s=300, covered_hold_s=900, auto_complete_days=7, fetch_days=7, approval_window_s=86_400
)


def quote_of(*lines):
    """Lines of (kind, quantity, points, fen)."""
    quoted = [
        {
            "sku_id": f"sku-{place % 2}",
            "goods_id": "gds",
            "merchant_id": "mer",
            "price_id": "prc",
            "kind": kind,
            "name_zh": "货",
            "name_en": "goods",
            "quantity": quantity,
            "points": points,
            "cash_fen": fen,
        }
        for place, (kind, quantity, points, fen) in enumerate(lines)
    ]
    return {"lines": quoted, "points": sum(line[2] for line in lines), "cash_fen": sum(line[3] for line in lines)}


def request_for(quote, **changes):
    return {
        "request_id": "req-1",
        "member_id": "mbr-1",
        "member_state": "active",
        "channel": "web",
        "language": "zh",
        "expected": {"points": quote["points"], "cash_fen": quote["cash_fen"]},
        "payment_provider": "alipay",
        "delivery_address": ADDRESS,
        "from_cart": False,
        "pick_up_at": None,
    } | changes


def draft_order(request, quote):
    """Of one merchant's goods, as all of these tests are."""
    [draft] = draft_purchase(request, quote)
    return draft


def test_tenders_are_what_is_due():
    quote = quote_of(("physical", 2, 10, 5))
    tenders = draft_order(request_for(quote), quote).tenders
    assert [(t["kind"], t["provider"], t["due"]) for t in tenders] == [("points", None, 10), ("cash", "alipay", 5)]
    free = quote_of(("virtual", 1, 0, 0))
    assert draft_order(request_for(free), free).tenders == []


def test_what_is_not_needed_is_not_kept():
    quote = quote_of(("virtual", 1, 10, 0))
    draft = draft_order(request_for(quote), quote)
    assert (draft.provider, draft.delivery_address) == (None, None)


def test_lines_of_one_sku_are_wanted_as_one():
    quote = quote_of(("physical", 1, 1, 0), ("physical", 2, 1, 0), ("physical", 3, 1, 0))
    wanted = draft_order(request_for(quote), quote).stock_wanted
    assert wanted == [{"sku_id": "sku-0", "quantity": 4}, {"sku_id": "sku-1", "quantity": 2}]


def with_tickets(quote, *tickets):
    lines = [{**line, "ticket_id": ticket} for line, ticket in zip(quote["lines"], tickets, strict=True)]
    return {**quote, "lines": lines}


def test_each_piece_of_a_flash_sale_is_wanted_by_its_ticket():
    quote = with_tickets(quote_of(("physical", 1, 1, 0), ("physical", 1, 1, 0), ("physical", 1, 1, 0)), "b", None, "a")
    draft = draft_order(request_for(quote), quote)
    assert [line["ticket_id"] for line in draft.lines] == ["b", None, "a"]
    by_ticket = [{"sku_id": "sku-0", "quantity": 1, "ticket_id": name} for name in ("a", "b")]
    assert draft.stock_wanted == [{"sku_id": "sku-1", "quantity": 1}, *by_ticket]


def test_the_catalog_is_told_whose_tickets_they_are_and_of_nobody_who_has_none():
    line = {"sku_id": "sku-0", "quantity": 1, "price_id": "prc-0", "provision_to": None, "ticket_id": None}
    asked = {"member_id": "mbr-1", "member_tier": "gold", "member_segments": [], "lines": [line]}
    audience = {"member_tier": "gold", "member_segments": []}
    plain = {"sku_id": "sku-0", "quantity": 1, "price_id": "prc-0"}
    assert basket_of(asked) == {**audience, "lines": [plain]}
    told = basket_of({**asked, "lines": [{**line, "ticket_id": "tkt-0"}]})
    assert told == {**audience, "member_id": "mbr-1", "lines": [{**plain, "ticket_id": "tkt-0"}]}


def test_coins_are_a_tender_that_has_to_be_agreed_to():
    quote = {**quote_of(("virtual", 3, 10, 0)), "coins": 5}
    quote["lines"][0]["coins"] = 5
    with pytest.raises(Refused, match=contract.TOTAL_CHANGED) as refusal:
        draft_order(request_for(quote), quote)
    assert refusal.value.details["total"] == {"points": 10, "cash_fen": 0, "coins": 5}
    agreed = {"points": 10, "cash_fen": 0, "coins": 5}
    draft = draft_order(request_for(quote, expected=agreed), quote)
    assert [(tender["kind"], tender["due"]) for tender in draft.tenders] == [("points", 10), ("coins", 5)]
    assert draft.lines[0]["unit_coins"] == [2, 2, 1]


PARCEL, CODE = ({"element_id": f"elm-{way}", "delivery": way, "quantity": 2} for way in ("parcel", "code"))


def test_parts_are_frozen_as_quoted_and_then_as_reserved():
    quote = quote_of(("physical", 1, 1, 0), ("virtual", 1, 1, 0))
    quote["lines"][0]["parts"] = [PARCEL, CODE]
    draft = draft_order(request_for(quote), quote)
    own = {"element_id": own_element("sku-1"), "delivery": "code", "quantity": 1}
    assert [line["parts"] for line in draft.lines] == [[PARCEL, CODE], [own]]
    reserved = draft.composed_as({"sku-0": [PARCEL]})
    assert [line["parts"] for line in reserved.lines] == [[PARCEL], [own]]


def test_what_is_carried_needs_an_address_and_codes_do_not():
    quote = quote_of(("physical", 1, 1, 0))
    for parts in ([PARCEL], [CODE, PARCEL], []):
        quote["lines"][0]["parts"] = parts
        with pytest.raises(Refused, match=contract.ADDRESS_REQUIRED):
            draft_order(request_for(quote, delivery_address=None), quote)
    quote["lines"][0]["parts"] = [CODE]
    assert draft_order(request_for(quote, delivery_address=None), quote).delivery_address is None


@pytest.mark.parametrize("state", ["suspended", "pre_cancelled", "cancelled"])
def test_only_active_members_order(state):
    quote = quote_of(("virtual", 1, 1, 0))
    with pytest.raises(Refused, match=contract.MEMBER_NOT_ACTIVE):
        draft_order(request_for(quote, member_state=state), quote)


def test_order_id_is_the_members_and_the_keys():
    quote = quote_of(("virtual", 1, 1, 0))
    same = order_id_of(request_for(quote))
    assert order_id_of(request_for(quote, channel="wap")) == same
    assert order_id_of(request_for(quote, member_id="mbr-2")) != same
    assert order_id_of(request_for(quote, request_id="req-2")) != same


AMOUNT = st.integers(0, 10**9)
LINES = st.lists(st.tuples(st.just("physical"), st.integers(1, 99), AMOUNT, AMOUNT), min_size=1, max_size=8)


@given(LINES)
def test_shares_sum_to_the_last_point_and_fen(lines):
    quote = quote_of(*lines)
    frozen = frozen_lines(quote)
    for column in ("points", "cash_fen"):
        assert sum(line[column] for line in frozen) == quote[column]
        for line in frozen:
            units = line[f"unit_{column}"]
            assert (len(units), sum(units)) == (line["quantity"], line[column])
            assert max(units) - min(units) <= 1


@given(LINES, st.data())
def test_shares_also_sum_when_the_order_costs_less_than_its_lines(lines, data):
    quote = quote_of(*lines)
    quote["points"] = data.draw(st.integers(0, quote["points"]))
    frozen = frozen_lines(quote)
    assert sum(line["points"] for line in frozen) == quote["points"]
    assert all(line["points"] <= quoted["points"] for line, quoted in zip(frozen, quote["lines"], strict=True))


def test_holds_outlive_the_time_to_pay():
    assert TERMS.hold_s(is_cash_due=True) == 1200
    assert TERMS.hold_s(is_cash_due=False) == 900
    assert TERMS.pay_by(NOON, NOON + timedelta(seconds=1200)) == NOON + timedelta(seconds=900)
    assert TERMS.pay_by(NOON, NOON + timedelta(seconds=800)) == NOON + timedelta(seconds=500)


def test_cursor_comes_back_as_it_went():
    assert place_of(cursor_of(NOON, "ord_" + "a" * 32)) == (NOON, "ord_" + "a" * 32)


@given(st.text(max_size=80))
def test_no_text_breaks_the_cursor_reader(text):
    with pytest.raises(Refused, match=contract.CURSOR_INVALID):
        place_of(text)
