"""A price for a segment is seen, put into the cart, paid, and gone with the membership; the order empties the cart."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.bill_run import play_bill_run
from deploy.demo.hero import Hero
from deploy.demo.shop import Shop
from deploy.demo.teller import Teller
from deploy.seed.subscribers import demo_subscribers
from services.chassis.ids import new_id
from tests.support.mall import Mall, wait_until

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
STAFF_COST, LIST_COST = 60, 100


def ops(mall: Mall, *words: str) -> Any:
    done = mall.command("ops", *words, "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = done.communicate(timeout=60)
    assert done.returncode == 0, errors
    return json.loads(output)


def goods_with_a_staff_price() -> dict[str, Any]:
    """A file for ``catalog import``: a code that costs everybody 100 points, and staff 60."""
    price_id = new_id("prc")
    staff = {"price_id": price_id, "points": STAFF_COST, "cash_fen": 0, "segment": "staff"}
    prices = [{"price_id": price_id, "points": LIST_COST, "cash_fen": 0}, staff]
    sku = {"sku_id": new_id("sku"), "prices": prices, "stock": 5}
    merchant = {"merchant_id": new_id("mer"), "name_zh": "内购", "name_en": "Staff shop"}
    names = {"name_zh": "内购券", "name_en": "Staff coupon", "picture_svg": SVG, "category": "staff", "kind": "virtual"}
    goods = {"goods_id": new_id("gds"), "merchant_id": merchant["merchant_id"], **names, "skus": [sku]}
    category = {"path": "staff", "name_zh": "内购", "name_en": "Staff"}
    return {"merchants": [merchant], "categories": [category], "goods": [goods]}


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
def test_a_segment_price_is_seen_and_paid_and_ends_with_the_membership(mall: Mall, shop: Shop, tmp_path: Path) -> None:
    told, names = tmp_path / "goods.json", tmp_path / "staff.txt"
    brought = goods_with_a_staff_price()
    told.write_text(json.dumps(brought))
    names.write_text(shop.get("/v1/me")["member_id"])
    [goods], [sku] = brought["goods"], brought["goods"][0]["skus"]
    key = {"sku_id": sku["sku_id"], "price_id": sku["prices"][0]["price_id"]}

    def cost() -> int:
        return int(shop.get(f"/v1/me/goods/{goods['goods_id']}")["skus"][0]["prices"][0]["points"])

    ops(mall, "catalog", "import", str(told))
    ops(mall, "segment", "define", "staff", "--zh", "员工", "--en", "Staff")
    before = cost()
    ops(mall, "segment", "add", "staff", str(names), "--because", "joined")
    wait_until(lambda: cost() == STAFF_COST, 5)
    mine = [segment["segment"] for segment in shop.get("/v1/me")["segments"]]

    shop.post("/v1/cart/lines", {**key, "quantity": 3})
    [merchant] = shop.get("/v1/cart")["merchants"]
    expected = {"points": 2 * STAFF_COST, "cash_fen": 0}
    wish = {"lines": [{**key, "quantity": 2}], "expected": expected, "from_cart": True}
    order = shop.post("/v1/orders", wish)
    [left] = shop.get("/v1/cart")["merchants"][0]["lines"]

    ops(mall, "segment", "remove", "staff", str(names), "--because", "left")
    wait_until(lambda: cost() == LIST_COST, 5)
    late = shop.send("POST", "/v1/orders", {**wish, "lines": [{**key, "quantity": 1}]})

    assert (before, mine) == (LIST_COST, ["staff"])
    assert (merchant["points"], merchant["lines"][0]["explained"]["segment"]) == (3 * STAFF_COST, "staff")
    assert (order["status"], order["points"], left["quantity"]) == ("confirmed", 2 * STAFF_COST, 1)
    assert (late.status_code, late.json()["code"]) == (409, "order.expected_total_changed")
