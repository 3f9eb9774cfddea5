"""Cash at the door through HTTP: promised on credit, collected by the carrier; or refused with the parcel."""

import os
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.demo.redemptions import ADDRESS
from deploy.demo.shop import Shop
from services.chassis.ids import derived_id
from tests.journeys.at_hand import a_cup, bring_in, ops
from tests.support.mall import Mall, wait_until

POINTS, CASH_FEN = 10, 1990


@pytest.mark.timeout(400)
def test_cash_is_collected_at_the_door_or_the_order_is_called_off(mall: Mall, shop: Shop, tmp_path: Path) -> None:
    brought = a_cup(POINTS, CASH_FEN)
    bring_in(mall, tmp_path, brought, "catalog", "import")
    [goods], [sku] = brought["goods"], brought["goods"][0]["skus"]
    lines = [{"sku_id": sku["sku_id"], "quantity": 1, "price_id": sku["prices"][0]["price_id"]}]
    wish = {
        "lines": lines,
        "expected": {"points": POINTS, "cash_fen": CASH_FEN},
        "payment_provider": "on_delivery",
        "delivery_address": ADDRESS,
    }

    def offer() -> dict[str, Any]:
        return dict(shop.post("/v1/quotes", {"lines": lines}, status=200)["payment_providers"][-1])

    def order_of(order: dict[str, Any]) -> dict[str, Any]:
        return dict(shop.get(f"/v1/orders/{order['order_id']}"))

    nobody = ("member", "credit", "set", "--vip-tiers", "", "--because", "nobody is a VIP")
    ops(mall, *nobody)
    before, refused = offer(), shop.send("POST", "/v1/orders", wish)
    ops(mall, "member", "credit", "set", "--vip-tiers", "registered,blue,gold,red", "--because", "everybody is")
    after = offer()

    trades = shop.get("/v1/me/credit")  # of others who played this member
    paid = shop.post("/v1/orders", wish)
    wait_until(lambda: order_of(paid)["payment_status"] == "paid", 60)
    received = shop.post(f"/v1/orders/{paid['order_id']}/receipt", status=200)
    wait_until(lambda: shop.get("/v1/me/credit")["good_trades"] == trades["good_trades"] + 1, 30)

    had = shop.get("/v1/points/balance")["available"]
    unpaid = shop.post("/v1/orders", wish)
    reference = derived_id("shp", unpaid["order_id"], goods["merchant_id"], "1")
    plan = {"reference": reference, "steps": ["picked_up", "refused", "returned"]}
    requests.post(f"{os.environ['MALL_CARRIER_URL']}/control/plan", json=plan, timeout=10).raise_for_status()
    wait_until(lambda: order_of(unpaid)["status"] == "cancelled", 60)
    wait_until(lambda: shop.get("/v1/points/balance")["available"] == had, 30)
    wait_until(lambda: shop.get("/v1/me/credit")["bad_trades"] == 1, 30)

    assert (before["is_offered"], before["reasons"]) == (False, ["too_few_good_trades"])
    assert (refused.status_code, refused.json()["code"]) == (422, "order.cash_on_delivery_not_offered")
    assert after == {"provider": "on_delivery", "is_offered": True, "reasons": []}
    assert (paid["status"], paid["variant"], received["status"]) == ("confirmed", "on_delivery", "completed")
    assert order_of(unpaid)["close_reason"] == "refused_at_door"
    assert shop.get("/v1/me/credit")["cash_on_delivery"]["reasons"] == ["too_many_bad_trades"]
