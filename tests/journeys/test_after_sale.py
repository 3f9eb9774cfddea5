"""After the sale, through HTTP: goods come back, and single pieces are called off before they leave."""

import os
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.demo.hero import Hero
from deploy.demo.redemptions import ADDRESS
from deploy.demo.shop import eventually
from services.chassis.ids import derived_id
from tests.journeys.at_hand import Desk, a_cup, bring_in, ops, paid, when
from tests.support.mall import Mall

POINTS, CASH_FEN, PIECES, STOCK = 40, 1990, 3, 5


class Cups:
    """Cups of a merchant of their own, for points and cash, and what their buyer sees of them."""

    def __init__(self, mall: Mall, buyer: Hero, folder: Path) -> None:
        told = a_cup(POINTS, CASH_FEN)
        bring_in(mall, folder, told, "catalog", "import")
        [goods] = told["goods"]
        [self.sku] = goods["skus"]
        self.goods_id, self.merchant_id, self.buyer = goods["goods_id"], goods["merchant_id"], buyer

    @property
    def in_stock(self) -> int:
        return int(self.buyer.shop.get(f"/v1/goods/{self.goods_id}")["skus"][0]["in_stock"])

    def order(self) -> dict[str, Any]:
        key = {"sku_id": self.sku["sku_id"], "price_id": self.sku["prices"][0]["price_id"]}
        cost = {"points": PIECES * POINTS, "cash_fen": PIECES * CASH_FEN}
        wish = {"lines": [{**key, "quantity": PIECES}], "expected": cost, "payment_provider": "alipay"}
        return dict(self.buyer.shop.post("/v1/orders", wish | {"delivery_address": ADDRESS}))

    def nobody_comes_for(self, order: dict[str, Any]) -> None:
        """Its first parcel is booked with the carrier, and stays where it is."""
        reference = derived_id("shp", order["order_id"], self.merchant_id, "1")
        plan = {"reference": reference, "steps": []}
        requests.post(f"{os.environ['MALL_CARRIER_URL']}/control/plan", json=plan, timeout=10).raise_for_status()

    def closed(self, case: dict[str, Any]) -> dict[str, Any] | None:
        seen = dict(self.buyer.shop.get(f"/v1/cases/{case['case_id']}"))
        return seen if seen["status"] == "closed" else None

    def paid_back(self, order: dict[str, Any], had: int) -> None:
        """All tenders have the share of one piece."""
        left = had - (PIECES - 1) * POINTS
        eventually("the points are back", lambda: self.buyer.balance()["available"] == left)
        eventually("the cash is back", lambda: when(self.buyer, order, payment_status="partially_refunded"))
        eventually("it is in stock", lambda: self.in_stock == STOCK - PIECES + 1)


@pytest.fixture
def cups(open_mall: Mall, buyer: Hero, tmp_path: Path) -> Cups:
    return Cups(open_mall, buyer, tmp_path)


def pieces(*numbers: int) -> list[dict[str, Any]]:
    return [{"line_no": 1, "units": list(numbers)}]


@pytest.mark.timeout(400)
def test_of_goods_that_come_back_what_is_accepted_is_paid_back(open_mall: Mall, buyer: Hero, cups: Cups) -> None:
    desk, shop, had = Desk(open_mall, "zhao", "ops"), buyer.shop, buyer.balance()["available"]
    order = paid(buyer, cups.order())
    eventually("it is delivered", lambda: when(buyer, order, fulfilment_status="delivered"))

    wish = {"kind": "return", "lines": pieces(1, 2), "reason": "changed_mind"}
    case = shop.post(f"/v1/orders/{order['order_id']}/cases", wish)
    approved, waiting = desk.posts(f"cases/{case['case_id']}/approval", {"reason": "within its days"})
    waybill = {"carrier": "sf", "waybill_no": "SF1234567890123"}
    sent = shop.post(f"/v1/cases/{case['case_id']}/waybill", waybill, status=200)
    verdicts = [{"line_no": 1, "unit_no": number, "is_accepted": number == 1} for number in (1, 2)]
    received, _ = desk.posts(f"cases/{case['case_id']}/receipt", {"units": verdicts, "reason": "the second is broken"})
    closed = eventually("the case is closed", lambda: cups.closed(case))
    cups.paid_back(order, had)

    assert (approved, waiting["status"], sent["status"], received) == (200, "awaiting_return", "sent_back", 200)
    assert (closed["points"], closed["coins"], closed["cash_fen"]) == (POINTS, 0, CASH_FEN)
    told = [(unit["unit_no"], unit["verdict"], unit["is_given_back"]) for unit in closed["units"]]
    assert told == [(1, "accepted", True), (2, "rejected", False)]


@pytest.mark.timeout(400)
def test_a_piece_is_called_off_before_it_leaves_and_the_rest_arrives(open_mall: Mall, buyer: Hero, cups: Cups) -> None:
    shop, had, order = buyer.shop, buyer.balance()["available"], cups.order()
    cups.nobody_comes_for(order)
    paid(buyer, order)
    eventually("it is booked", lambda: when(buyer, order, fulfilment_status="shipped"))
    path, wish = f"/v1/orders/{order['order_id']}/piece-cancellations", {"lines": pieces(2), "reason": "one too many"}

    case = shop.post(path, wish)
    again = shop.send("POST", path, wish)
    closed = eventually("the case is closed", lambda: cups.closed(case))
    cups.paid_back(order, had)
    done = eventually("the rest arrives", lambda: when(buyer, order, fulfilment_status="delivered"))
    late = shop.send("POST", path, wish | {"lines": pieces(1)})
    received = shop.post(f"/v1/orders/{order['order_id']}/receipt", status=200)

    assert (case["kind"], closed["points"], closed["cash_fen"]) == ("cancel_part", POINTS, CASH_FEN)
    assert (again.status_code, again.json()["code"]) == (409, "case.units_taken")
    assert (late.status_code, late.json()["code"]) == (409, "case.not_offered")
    assert sorted(parcel["status"] for parcel in done["parcels"]) == ["cancelled", "delivered"]
    assert received["status"] == "completed"
    assert all(finding["ok"] for finding in ops(open_mall, "check"))
