"""Coins beside points and money: exchanged, quoted, paid with, and given back with the piece that they paid for."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.hero import Hero
from deploy.demo.redemptions import ADDRESS
from deploy.demo.shelf import choose_named
from deploy.demo.shop import Shop, eventually
from services.chassis.ids import new_id
from tests.journeys.at_hand import Desk, a_cup, bring_in, ops, paid, when
from tests.support.mall import Mall

COINS, COINS_A_PIECE, RATE = 10, 5, 100
CASH_FEN, CASH_BESIDE_COINS_FEN = 5990, 990
PIECES = 4
INSIDE = "he rang up and shouted"


class Purse:
    """What a member has of both units, as they see it themselves."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def has(self, unit: str) -> tuple[int, int]:
        """(available, held)."""
        balance = self.shop.get("/v1/points/balance", unit=unit)
        return balance["available"], balance["held"]

    def holds(self, points: tuple[int, int], coins: tuple[int, int]) -> bool:
        return (self.has("PTS"), self.has("COIN")) == (points, coins)

    def buys_coins(self, coins: int) -> dict[str, Any]:
        """For points, at the cost that was quoted; asked for twice with one key, as on a bad network."""
        way = {"from_unit": "PTS", "to_unit": "COIN", "get": coins}
        quoted = self.shop.get("/v1/points/exchange-quote", **way)
        wish, key = {**way, "expected_give": quoted["give"]}, new_id("key")
        exchanged = self.shop.post("/v1/points/exchanges", wish, key)
        assert self.shop.post("/v1/points/exchanges", wish, key) == exchanged
        return dict(exchanged)


class Cups:
    """Of which the member can pay one in points, two in coins with some money, and the others in money alone."""

    def __init__(self, points: int) -> None:
        self.points = points
        self.ways = {
            "points": {"points": points, "cash_fen": 0},
            "coins": {"points": 0, "coins": COINS_A_PIECE, "cash_fen": CASH_BESIDE_COINS_FEN},
            "cash": {"points": 0, "cash_fen": CASH_FEN},
        }
        self.ids = {way: new_id("prc") for way in self.ways}
        self.told = a_cup(0, 0)
        [self.sku] = self.told["goods"][0]["skus"]
        self.sku["prices"] = [{"price_id": self.ids[way], **cost} for way, cost in self.ways.items()]

    def lines(self, **pieces: int) -> list[dict[str, Any]]:
        of_sku = {"sku_id": self.sku["sku_id"]}
        return [{**of_sku, "price_id": self.ids[way], "quantity": many} for way, many in pieces.items()]

    @property
    def cost(self) -> dict[str, int]:
        """Of one in points, two in coins, one in money."""
        return {"points": self.points, "coins": COINS, "cash_fen": CASH_FEN + 2 * CASH_BESIDE_COINS_FEN}


def quoted(shop: Shop, lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return dict(shop.expect(200, shop.send("POST", "/v1/quotes", {"lines": lines, **more})))


def sums(entries: list[dict[str, Any]], what: str, amount: str) -> dict[str, int]:
    """By unit, what a member is told of such movements."""
    told: dict[str, int] = {}
    for entry in entries:
        if entry["what"] == what:
            unit = entry["details"].get("unit", "CNY")
            told[unit] = told.get(unit, 0) + entry["details"][amount]
    return told


def brought_back(desk: Desk, shop: Shop, order: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The case of goods that are here again and accepted; closed, as its member sees it."""
    wish = {"kind": "return", "lines": lines, "reason": "changed_mind"}
    case = shop.post(f"/v1/orders/{order['order_id']}/cases", wish)
    path = f"/v1/cases/{case['case_id']}"
    assert desk.posts(f"cases/{case['case_id']}/approval", {"reason": "within its days"})[0] == 200
    shop.post(f"{path}/waybill", {"carrier": "sf", "waybill_no": "SF1234567890123"}, status=200)
    verdicts = [
        {"line_no": line["line_no"], "unit_no": no, "is_accepted": True} for line in lines for no in line["units"]
    ]
    assert desk.posts(f"cases/{case['case_id']}/receipt", {"units": verdicts, "reason": "as new"})[0] == 200
    return dict(eventually("the case is closed", lambda: (seen := shop.get(path))["status"] == "closed" and seen))


def best_split_is_explained(shop: Shop, cups: Cups, had: int) -> list[dict[str, Any]]:
    """As many pieces as points and coins reach for, the rest in money; the basket of it."""
    in_money = cups.lines(cash=PIECES)
    split = quoted(shop, in_money)["best_split"]
    assert split == {"lines": cups.lines(points=1, coins=2, cash=1), **cups.cost, "is_best": True}
    sparing = quoted(shop, in_money, spared_first=["coins", "points", "cash"])["best_split"]
    assert (sparing["coins"], sparing["points"], sparing["cash_fen"]) == (0, 0, PIECES * CASH_FEN)
    explained = quoted(shop, split["lines"])
    assert explained["tenders"] == [
        {"kind": "points", "amount": cups.points, "available": had},
        {"kind": "coins", "amount": COINS, "available": COINS},
        {"kind": "cash", "amount": cups.cost["cash_fen"], "available": None},
    ]
    ways = [[way["price_id"] for way in line["choices"]] for line in explained["explained"]]
    assert ways == [[*cups.ids.values()]] * len(split["lines"])
    return list(split["lines"])


def timeline_tells_what_moved_and_nobody_of_ours(shop: Shop, order: dict[str, Any], cups: Cups) -> None:
    entries = shop.get(f"/v1/orders/{order['order_id']}/timeline")["entries"]
    assert sums(entries, "payment.captured", "amount_fen") == {"CNY": cups.cost["cash_fen"]}
    assert sums(entries, "points.hold_captured", "points") == {"PTS": cups.points, "COIN": COINS}
    assert sums(entries, "points.refunded", "points") == {"PTS": cups.points, "COIN": COINS_A_PIECE}
    assert sums(entries, "payment.refunded", "amount_fen") == {"CNY": CASH_BESIDE_COINS_FEN}
    assert {entry["actor"] for entry in entries} == {f"member:{order['member_id']}", "mall"}
    of_case = [entry["what"] for entry in entries if entry["what"].startswith("case.")]
    assert of_case == ["case.opened", "case.approved", "case.sent_back", "case.goods_accepted", "case.closed"]
    seen = [entries, shop.get("/v1/cases"), shop.get(f"/v1/orders/{order['order_id']}")]
    assert [word for word in (INSIDE, "zhao", "staff:", "ops:") if word in json.dumps(seen)] == []


@pytest.mark.timeout(400)
def test_coins_are_had_for_points_pay_beside_them_and_come_back(open_mall: Mall, buyer: Hero, tmp_path: Path) -> None:
    shop, purse, desk = buyer.shop, Purse(buyer.shop), Desk(open_mall, "zhao", "ops")
    had = purse.has("PTS")[0] - COINS * RATE
    exchanged = purse.buys_coins(COINS)
    assert (exchanged["give"], exchanged["available_from"], exchanged["available_to"]) == (COINS * RATE, had, COINS)
    assert purse.holds((had, 0), (COINS, 0))

    cups = Cups(points=had // 2 + 1)
    left = had - cups.points
    bring_in(open_mall, tmp_path, cups.told, "catalog", "import")
    lines = best_split_is_explained(shop, cups, had)
    wish = {"expected": cups.cost, "payment_provider": "alipay", "delivery_address": ADDRESS}
    order = shop.post("/v1/orders", {"lines": lines, **wish})
    assert purse.holds((left, cups.points), (0, COINS))
    paid(buyer, order)
    eventually("what was held is taken", lambda: purse.holds((left, 0), (0, 0)))

    eventually("it is delivered", lambda: when(buyer, order, fulfilment_status="delivered"))
    told = ops(open_mall, "order", "replay", order["order_id"], "--because", INSIDE)["told"]
    back = [{"line_no": 1, "units": [1]}, {"line_no": 2, "units": [2]}]
    case = brought_back(desk, shop, order, back)
    eventually("both wallets have it back", lambda: purse.holds((had, 0), (COINS_A_PIECE, 0)))
    eventually("the cash is back", lambda: when(buyer, order, payment_status="partially_refunded"))

    assert told == ["order.confirmed.v1"]
    assert (case["points"], case["coins"], case["cash_fen"]) == (cups.points, COINS_A_PIECE, CASH_BESIDE_COINS_FEN)
    timeline_tells_what_moved_and_nobody_of_ours(shop, order, cups)


@pytest.mark.timeout(400)
def test_what_coins_alone_buy_is_not_offered_a_split_to_who_has_too_few(buyer: Hero) -> None:
    had = Purse(buyer.shop).has("COIN")[0]
    choice = choose_named(buyer.shop, "Star Voyage season pass", lambda price: not price["points"])
    assert (choice.price["coins"], choice.price["cash_fen"]) == (30, 0)
    many = had // 30 + 1
    quote = quoted(buyer.shop, [choice.basket(many)])
    assert (quote["tenders"], quote["best_split"]) == (
        [{"kind": "coins", "amount": 30 * many, "available": had}],
        None,
    )


@pytest.mark.timeout(400)
def test_a_price_in_coins_for_a_segment_is_shown_to_others_as_what_it_is_and_refused(buyer: Hero) -> None:
    choice = choose_named(buyer.shop, "Six heat-proof glass boxes")
    seen = buyer.shop.get(f"/v1/me/goods/{choice.goods['goods_id']}")["skus"][0]
    [staff] = [price for price in seen["other_prices"] if price["segment"] == "staff"]
    assert (staff["coins"], staff["points"], staff["cash_fen"], staff["why_not"]) == (79, 0, 0, "not_in_segment")
    line = {"sku_id": choice.sku_id, "price_id": staff["price_id"], "quantity": 1}
    refused = buyer.shop.send("POST", "/v1/quotes", {"lines": [line]})
    assert (refused.status_code, refused.json()["code"]) == (403, "goods.price_not_for_member")
