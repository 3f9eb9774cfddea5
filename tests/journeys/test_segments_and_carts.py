"""A price for a segment is seen, put into the cart, paid, and gone with the membership; the order empties the cart."""

from pathlib import Path
from typing import Any

import pytest

from deploy.demo.shop import Shop
from services.chassis.ids import new_id
from tests.journeys.at_hand import SVG, bring_in, ops
from tests.support.mall import Mall, wait_until

STAFF_COST, LIST_COST = 60, 100


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


@pytest.mark.timeout(400)
def test_a_segment_price_is_seen_and_paid_and_ends_with_the_membership(mall: Mall, shop: Shop, tmp_path: Path) -> None:
    names = tmp_path / "staff.txt"
    brought = goods_with_a_staff_price()
    names.write_text(shop.get("/v1/me")["member_id"])
    [goods], [sku] = brought["goods"], brought["goods"][0]["skus"]
    key = {"sku_id": sku["sku_id"], "price_id": sku["prices"][0]["price_id"]}

    def cost() -> int:
        return int(shop.get(f"/v1/me/goods/{goods['goods_id']}")["skus"][0]["prices"][0]["points"])

    bring_in(mall, tmp_path, brought, "catalog", "import")
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
