"""Cash at the door through HTTP: promised on credit, collected by the carrier; or refused with the parcel."""

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.demo.bill_run import play_bill_run
from deploy.demo.hero import Hero
from deploy.demo.shop import Shop
from deploy.demo.teller import Teller
from deploy.seed.subscribers import demo_subscribers
from services.chassis.ids import derived_id, new_id
from tests.support.mall import Mall, wait_until

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
POINTS, CASH_FEN = 10, 1990
ADDRESS = {
    "name": "王芳",
    "phone": "13800138000",
    "province": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "street": "科技园路 1 号",
}


def ops(mall: Mall, *words: str) -> Any:
    done = mall.command("ops", *words, "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = done.communicate(timeout=60)
    assert done.returncode == 0, errors
    return json.loads(output)


def goods_with_cash() -> dict[str, Any]:
    """A file for ``catalog import``: something that is carried, for points and cash."""
    sku = {"sku_id": new_id("sku"), "stock": 5}
    sku["prices"] = [{"price_id": new_id("prc"), "points": POINTS, "cash_fen": CASH_FEN}]
    merchant = {"merchant_id": new_id("mer"), "name_zh": "杯子店", "name_en": "Cups"}
    names = {"name_zh": "杯子", "name_en": "Cup", "picture_svg": SVG, "category": "cups", "kind": "physical"}
    goods = {"goods_id": new_id("gds"), "merchant_id": merchant["merchant_id"], **names, "skus": [sku]}
    return {
        "merchants": [merchant],
        "categories": [{"path": "cups", "name_zh": "杯", "name_en": "Cups"}],
        "goods": [goods],
    }


@pytest.fixture
def shop(mall: Mall, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Signed in as one of the seeded members, who has earned points."""
    wait_until(mall.is_ready, 60)
    environment = json.loads((Path(mall.home) / "env.json").read_text())
    for name, value in environment.items():
        monkeypatch.setenv(name, str(value))
    teller, people = Teller("en", as_json=True), demo_subscribers()
    play_bill_run(teller, Path(mall.home) / "demo")
    random.shuffle(people)
    hero = Hero(people, Shop(environment["MALL_PUBLIC_URL"], "en"))
    hero.sign_in(teller)
    return hero.shop


@pytest.mark.timeout(400)
def test_cash_is_collected_at_the_door_or_the_order_is_called_off(mall: Mall, shop: Shop, tmp_path: Path) -> None:
    told, brought = tmp_path / "goods.json", goods_with_cash()
    told.write_text(json.dumps(brought))
    ops(mall, "catalog", "import", str(told))
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

    paid = shop.post("/v1/orders", wish)
    wait_until(lambda: order_of(paid)["payment_status"] == "paid", 60)
    received = shop.post(f"/v1/orders/{paid['order_id']}/receipt", status=200)
    wait_until(lambda: shop.get("/v1/me/credit")["good_trades"] == 1, 30)

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
