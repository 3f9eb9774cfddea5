"""The quote as a buyer gets it: explained, with what they have and the best way to pay."""

from typing import Any

import pytest

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcTimeout
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.points import contract as points
from tests.integration.orders.goods import PHONE, quoted_line
from tests.integration.orders.kit import Shop

engine = database_of("orders")
POINTS_ALONE, MIXED = derived_id("prc", "points"), derived_id("prc", PHONE)
CHOICES = [
    {"price_id": POINTS_ALONE, "points": 10_000, "cash_fen": 0, "coins": 0},
    {"price_id": MIXED, "points": 500, "cash_fen": 9_900, "coins": 0, "least_tier": "gold"},
]
BASKET = {"sku_id": PHONE, "quantity": 2, "price_id": MIXED}


def offered(request: dict[str, Any]) -> dict[str, Any]:
    """Two ways to pay for a phone, one of them cheaper from gold on."""
    plain = {"price_id": MIXED, "points": 600, "cash_fen": 9_900, "coins": 0}
    lines = [{**quoted_line(line), "choices": CHOICES, "list_price": plain} for line in request["lines"]]
    return {"lines": lines, **{unit: sum(line[unit] for line in lines) for unit in ("points", "cash_fen")}}


@pytest.fixture
def shop(engine) -> Shop:
    shop = Shop(engine)
    shop.rpc.answers[catalog.QUOTE_LINES] = offered
    return shop


def has(shop: Shop, **available: int) -> None:
    def balance(request: dict[str, Any]) -> dict[str, Any]:
        had = {"available": available.get(request["unit"], 0), "held": 0, "earned_in_all": 0, "expiring": []}
        return {**request, **had, "as_of": shop.clock.now()}

    shop.rpc.answers[points.GET_BALANCE] = balance


def test_a_quote_says_what_is_paid_why_and_by_which_means(shop: Shop) -> None:
    has(shop, PTS=12_000)
    quote = shop.quote(BASKET, member_id=shop.member_id)
    assert (quote["points"], quote["cash_fen"], quote["coins"]) == (1_000, 19_800, 0)
    [line] = quote["explained"]
    assert [(lane["lane"], lane["points"]) for lane in line["lanes"]] == [("list_price", 600), ("member_price", -100)]
    assert quote["tenders"] == [
        {"kind": "points", "amount": 1_000, "available": 12_000},
        {"kind": "cash", "amount": 19_800, "available": None},
    ]


def test_the_best_split_is_a_basket_that_uses_what_the_member_has(shop: Shop) -> None:
    has(shop, PTS=12_000, COIN=0)
    split = shop.quote(BASKET, member_id=shop.member_id)["best_split"]
    lines = [{"sku_id": PHONE, "price_id": price_id, "quantity": 1} for price_id in (POINTS_ALONE, MIXED)]
    assert split == {"lines": lines, "points": 10_500, "coins": 0, "cash_fen": 9_900, "is_best": True}
    spared = shop.quote(BASKET, member_id=shop.member_id, spared_first=["points", "cash", "coins"])["best_split"]
    assert (spared["points"], spared["cash_fen"]) == (1_000, 19_800)


def test_who_has_too_little_is_quoted_all_the_same(shop: Shop) -> None:
    shop.rpc.answers[points.GET_BALANCE] = Refused(points.ACCOUNT_UNKNOWN, "no account")
    quote = shop.quote(BASKET, member_id=shop.member_id)
    assert (quote["best_split"], quote["tenders"][0]["available"]) == (None, 0)


def test_a_quote_does_not_wait_for_points(shop: Shop) -> None:
    shop.rpc.answers[points.GET_BALANCE] = RpcTimeout("silent")
    quote = shop.quote(BASKET, member_id=shop.member_id)
    assert (quote["points"], quote["best_split"], quote["tenders"][0]["available"]) == (1_000, None, None)


def test_nobody_is_asked_what_nobody_has(shop: Shop) -> None:
    quote = shop.quote(BASKET)
    assert quote["best_split"] is None
    assert shop.rpc.requests_of(points.GET_BALANCE) == []


def test_what_catalog_refuses_is_refused_and_its_silence_is_a_fault(shop: Shop) -> None:
    has(shop, PTS=1)
    shop.rpc.answers[catalog.QUOTE_LINES] = Refused(catalog.PRICE_NOT_FOR_MEMBER, "for others")
    with pytest.raises(Refused, match=catalog.PRICE_NOT_FOR_MEMBER):
        shop.quote(BASKET, member_id=shop.member_id)
    shop.rpc.answers[catalog.QUOTE_LINES] = RpcTimeout("silent")
    with pytest.raises(RpcTimeout):
        shop.quote(BASKET, member_id=shop.member_id)
