"""A basket of two merchants on a running mall: placed and paid at once; one order is given up, the other one comes."""

import subprocess
from typing import Any

import pytest

from deploy.demo.hero import Hero
from deploy.demo.outside import pay_at_the_cashier
from deploy.demo.redemptions import ADDRESS
from deploy.demo.shelf import Choice, choose, points_and_cash
from deploy.demo.shop import eventually
from tests.support.mall import Mall

MOST_POINTS = 3000
A_DAY_TO_COME = "2999-01-01"


def sold_before_it_is_there(mall: Mall, choice: Choice) -> None:
    terms = ("--until", f"{A_DAY_TO_COME}T00:00:00+08:00", "--ships-from", A_DAY_TO_COME, "--quota", "5")
    words = ("ops", "catalog", "presale", "open", choice.sku_id, *terms, "--because", "a journey", "--json")
    opened = mall.command(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = opened.communicate(timeout=60)
    assert opened.returncode == 0, output + errors


def body_of(*choices: Choice) -> dict[str, Any]:
    expected = {unit: sum(choice.price[unit] for choice in choices) for unit in ("points", "cash_fen")}
    lines = [choice.basket() for choice in choices]
    return {"lines": lines, "expected": expected, "payment_provider": "alipay", "delivery_address": ADDRESS}


def status_of(buyer: Hero, order_id: str, name: str = "status") -> str:
    return str(buyer.order(order_id)[name])


@pytest.mark.timeout(420)
def test_goods_of_two_merchants_are_paid_at_once_and_go_their_own_ways(mall: Mall, buyer: Hero) -> None:
    here = choose(buyer.shop, "physical", points_and_cash(MOST_POINTS))
    to_come = choose(buyer.shop, "physical", points_and_cash(MOST_POINTS), not_of=here.goods["merchant"])
    sold_before_it_is_there(mall, to_come)
    before = buyer.balance()["available"]

    refused = buyer.shop.send("POST", "/v1/orders", body_of(here, to_come))
    purchase = buyer.shop.post("/v1/purchases", body_of(here, to_come))
    ids = {order["lines"][0]["sku_id"]: order["order_id"] for order in purchase["orders"]}
    kept, given_up = ids[here.sku_id], ids[to_come.sku_id]
    payment = buyer.shop.post(f"/v1/purchases/{purchase['purchase_id']}/payments")
    pay_at_the_cashier(payment["pay_url"])
    for order_id in (kept, given_up):
        eventually("the payment confirms the order", lambda o=order_id: status_of(buyer, o) == "confirmed")
    buyer.shop.post(f"/v1/orders/{given_up}/cancellation", {"reason": "member"}, status=200)
    eventually("its share goes back", lambda: status_of(buyer, given_up, "payment_status") == "refunded")
    eventually("the other one comes", lambda: status_of(buyer, kept, "fulfilment_status") == "delivered")
    buyer.shop.post(f"/v1/orders/{kept}/receipt", status=200)

    assert (refused.status_code, refused.json()["code"]) == (409, "order.purchase_required")
    assert payment["amount_fen"] == purchase["cash_fen"] == here.price["cash_fen"] + to_come.price["cash_fen"]
    ends = [status_of(buyer, order_id) for order_id in (kept, given_up)]
    assert ends == ["completed", "cancelled"]
    left = before - here.price["points"]
    eventually("the points of the other one are back", lambda: buyer.balance()["available"] == left)
    shown = buyer.shop.get(f"/v1/purchases/{purchase['purchase_id']}")
    assert {order["order_id"]: order["payment_status"] for order in shown["orders"]} == {
        kept: "paid",
        given_up: "refunded",
    }
