"""The bulk zone through HTTP: a member orders a large number, somebody else decides, and only then it is paid."""

from pathlib import Path
from typing import Any

import pytest

from deploy.demo.hero import Hero
from deploy.demo.outside import pay_at_the_cashier
from deploy.demo.redemptions import ADDRESS
from deploy.demo.shop import eventually
from tests.journeys.at_hand import Desk, a_cup, bring_in, ops
from tests.support.mall import Mall, wait_until

STOCK, LEAST, PIECES = 200, 50, 60
POINTS, POINTS_IN_BULK, FEN = 5, 4, 20
COST = {"points": PIECES * POINTS_IN_BULK, "cash_fen": PIECES * FEN}


@pytest.fixture
def goods(mall: Mall, buyer: Hero, tmp_path: Path) -> dict[str, Any]:
    """Sold in bulk to a segment that the buyer is in."""
    told, people = a_cup(POINTS, FEN), tmp_path / "companies.txt"
    [one], [sku] = told["goods"], told["goods"][0]["skus"]
    sku["stock"] = STOCK
    bring_in(mall, tmp_path, told, "catalog", "import")
    people.write_text(buyer.shop.get("/v1/me")["member_id"])
    segment = f"companies-{one['goods_id'][-8:]}"
    ops(mall, "segment", "define", segment, "--zh", "企业", "--en", "Companies")
    ops(mall, "segment", "add", segment, str(people), "--because", "a contract")
    step = f"{LEAST}:{sku['prices'][0]['price_id']}:{POINTS_IN_BULK}:{FEN}"
    numbers = ("--least", str(LEAST), "--most", "500", "--segment", segment, "--step", step)
    ops(mall, "catalog", "bulk", "set", sku["sku_id"], *numbers, "--because", "a journey")
    return one


def basket(goods: dict[str, Any]) -> dict[str, Any]:
    [sku] = goods["skus"]
    line = {"sku_id": sku["sku_id"], "quantity": PIECES, "price_id": sku["prices"][0]["price_id"]}
    return {"lines": [line], "expected": COST, "payment_provider": "alipay", "delivery_address": ADDRESS}


def in_zone(buyer: Hero, path: str) -> list[str]:
    return [card["goods_id"] for card in buyer.shop.get(path, zone="bulk", limit=100)["goods"]]


def in_stock(buyer: Hero, goods: dict[str, Any]) -> int:
    return int(buyer.shop.get(f"/v1/goods/{goods['goods_id']}")["skus"][0]["in_stock"])


def waiting(desk: Desk) -> list[str]:
    return [order["order_id"] for order in desk.gets("orders?awaits=approval")["orders"]]


def texts_about_cups(buyer: Hero) -> list[str]:
    """In the language of the member."""
    return [text for text in buyer.phone.messages() if "杯子" in text or "Cup" in text]


@pytest.mark.timeout(400)
def test_a_bulk_order_is_paid_when_it_is_approved_of_and_then_delivered(
    mall: Mall, buyer: Hero, goods: dict[str, Any]
) -> None:
    desk = Desk(mall, "zhao", "ops")
    wait_until(lambda: goods["goods_id"] in in_zone(buyer, "/v1/me/goods"), 5)
    open_to_all = goods["goods_id"] in in_zone(buyer, "/v1/goods")

    order = buyer.shop.post("/v1/orders", basket(goods))
    of_order = f"/v1/orders/{order['order_id']}"
    early = buyer.shop.send("POST", f"{of_order}/payments")
    found = order["order_id"] in waiting(desk)
    approved, decided = desk.posts(f"orders/{order['order_id']}/approval", {"reason": "within the budget"})
    pay_at_the_cashier(buyer.shop.post(f"{of_order}/payments")["pay_url"])
    eventually("it is delivered", lambda: buyer.order(order["order_id"])["fulfilment_status"] == "delivered")
    eventually("the member hears of it", lambda: texts_about_cups(buyer))

    assert (open_to_all, order["variant"], order["awaits"]) == (False, "bulk", "approval")
    assert (early.status_code, early.json()["code"]) == (409, "order.not_approved")
    assert (found, approved, decided["awaits"]) == (True, 200, "payment")
    seen = buyer.order(order["order_id"])
    assert (seen["payment_status"], seen["points"], seen["cash_fen"]) == ("paid", COST["points"], COST["cash_fen"])
    assert in_stock(buyer, goods) == STOCK - PIECES
    assert all(finding["ok"] for finding in ops(mall, "check"))


@pytest.mark.timeout(400)
def test_a_bulk_order_that_is_refused_gives_back_what_it_held(mall: Mall, buyer: Hero, goods: dict[str, Any]) -> None:
    desk, before = Desk(mall, "qian", "ops"), buyer.balance()["available"]
    wait_until(lambda: goods["goods_id"] in in_zone(buyer, "/v1/me/goods"), 5)

    order_id = buyer.shop.post("/v1/orders", basket(goods))["order_id"]
    held = before - buyer.balance()["available"], in_stock(buyer, goods)
    refused, _ = desk.posts(f"orders/{order_id}/refusal", {"reason": "too much for them"})
    eventually("the points are back", lambda: buyer.balance()["available"] == before)
    eventually("the goods are back", lambda: in_stock(buyer, goods) == STOCK)
    late, problem = desk.posts(f"orders/{order_id}/approval", {"reason": "after all"})

    assert (held, refused) == ((COST["points"], STOCK - PIECES), 200)
    closed = buyer.order(order_id)
    assert (closed["status"], closed["close_reason"], order_id in waiting(desk)) == ("closed", "not_approved", False)
    assert (late, problem["code"]) == (409, "order.approval_not_awaited")
    assert all(finding["ok"] for finding in ops(mall, "check"))
