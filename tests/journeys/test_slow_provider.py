"""A payment provider that hangs, on a running mall: its own orders wait for it, and nobody else's."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.demo.hero import Hero
from deploy.demo.redemptions import ADDRESS
from deploy.demo.shop import eventually
from tests.journeys.at_hand import a_cup, bring_in, paid, when
from tests.support.mall import Mall
from tests.support.partners import switched

HANGING = {"query": "hang", "close": "hang", "refund": "hang"}
POINTS, CASH_FEN = 10, 100
TO_END_S = 240.0  # what was asked in vain is asked again after a while
ENDED = {"status": "closed", "payment_status": "none"}
GIVEN_BACK = {"status": "cancelled", "payment_status": "refunded"}


class Cups:
    """A buyer of cups, for points and cash at a provider, or for points alone."""

    def __init__(self, mall: Mall, buyer: Hero, folder: Path) -> None:
        self.buyer, self.mixed, self.for_points = buyer, a_cup(POINTS, CASH_FEN, stock=10), a_cup(POINTS, 0)
        for brought in (self.mixed, self.for_points):
            bring_in(mall, folder, brought, "catalog", "import")

    def orders(self, provider: str | None) -> dict[str, Any]:
        [sku] = (self.mixed if provider else self.for_points)["goods"][0]["skus"]
        [price] = sku["prices"]
        line = {"sku_id": sku["sku_id"], "price_id": price["price_id"], "quantity": 1}
        expected = {unit: price[unit] for unit in ("points", "cash_fen")}
        body = {"lines": [line], "expected": expected, "delivery_address": ADDRESS, "payment_provider": provider}
        return dict(self.buyer.shop.post("/v1/orders", body))

    def is_at_the_cashier(self, provider: str) -> dict[str, Any]:
        """An order whose buyer has opened the provider's page, and not paid."""
        order = self.orders(provider)
        requests.get(self.buyer.shop.post(f"/v1/orders/{order['order_id']}/payments")["pay_url"], timeout=20)
        return order

    def calls_off(self, order: dict[str, Any]) -> None:
        path = f"/v1/orders/{order['order_id']}/cancellation"
        self.buyer.shop.post(path, {"reason": "changed my mind"}, status=200)

    def stand_as(self, orders: list[dict[str, Any]], **told: Any) -> bool:
        return all(when(self.buyer, order, **told) for order in orders)

    def all_wait(self, opened: list[dict[str, Any]], bought: list[dict[str, Any]]) -> bool:
        """Called off, and none of them at its end."""
        is_given_back = any(when(self.buyer, order, **GIVEN_BACK) for order in bought)
        return (
            self.stand_as(opened, status="closing") and self.stand_as(bought, status="cancelled") and not is_given_back
        )


@pytest.fixture
def carrier_fails(open_mall: Mall) -> Iterator[None]:
    """It takes no parcels on, so what was paid can still be called off."""
    with switched(os.environ["MALL_CARRIER_URL"], fail_rate=1):
        yield


@pytest.fixture
def cups(mall: Mall, buyer: Hero, tmp_path: Path) -> Cups:
    return Cups(mall, buyer, tmp_path)


def kept_waiting() -> dict[str, int]:
    asked = requests.get(f"{os.environ['MALL_ALIPAY_URL']}/control/faults/kept-waiting", timeout=10)
    return {"query": 0, "close": 0, "refund": 0} | asked.json()


def all_hang(before: dict[str, int], orders: int, refunds: int) -> bool:
    now = kept_waiting()
    return now["query"] >= before["query"] + orders and now["refund"] >= before["refund"] + refunds


@pytest.mark.timeout(600)
def test_while_alipay_hangs_only_its_own_orders_wait(buyer: Hero, cups: Cups, carrier_fails: None) -> None:
    had = buyer.balance()["available"]
    bought, opened = [paid(buyer, cups.orders("alipay"))], [cups.is_at_the_cashier("alipay") for _ in range(3)]
    before = kept_waiting()

    with switched(os.environ["MALL_ALIPAY_URL"], **HANGING):
        for order in bought + opened:
            cups.calls_off(order)
        eventually("Alipay keeps all of them waiting", lambda: all_hang(before, len(opened), len(bought)))
        others = []
        for provider in ("bank", "mobile", None):
            order = cups.orders(provider)
            others.append(paid(buyer, order) if provider else order)
            assert others[-1]["status"] == "confirmed"
            assert cups.all_wait(opened, bought)
        cups.calls_off(given_up := cups.is_at_the_cashier("mobile"))
        eventually("WeChat Pay closes its own", lambda: when(buyer, given_up, **ENDED))
        assert cups.all_wait(opened, bought)

    eventually("what nobody paid is closed", lambda: cups.stand_as(opened, **ENDED), TO_END_S)
    eventually("what was paid is given back", lambda: cups.stand_as(bought, **GIVEN_BACK), TO_END_S)
    eventually("the others are paid", lambda: cups.stand_as(others, payment_status="paid"))
    eventually("the points are back", lambda: buyer.balance()["available"] == had - POINTS * len(others), TO_END_S)
