"""What partners switch on, through HTTP on a running mall: a phone is topped up, alone and beside other goods."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.hero import Hero
from deploy.demo.shelf import Choice, choose_named
from deploy.demo.shop import eventually
from deploy.demo.top_up import credit_of
from deploy.seed.provisioners import provisioner_requests
from services.chassis.ids import new_id
from tests.journeys.at_hand import SVG, basket, bought, bring_in, when
from tests.journeys.partners_at_once import PartnersAtOnce
from tests.support.mall import Mall

POWER_BANK = "20,000 mAh fast-charging power bank"
POINTS_AT_A_LANE = 1000  # more than the story, in the same shop, spends on what comes as a code
LANES = 4  # partners that one process of orders talks to at the same time


@pytest.fixture
def partners() -> Iterator[PartnersAtOnce]:
    partners = PartnersAtOnce(LANES)
    yield partners
    partners.stop()


def lines_of(choice: Choice, **more: Any) -> list[dict[str, Any]]:
    return [{**choice.basket(), **more}]


def placed(buyer: Hero, lines: list[dict[str, Any]], points: int, **more: Any) -> dict[str, Any]:
    return dict(buyer.shop.post("/v1/orders", {"lines": lines, "expected": {"points": points, "cash_fen": 0}, **more}))


@pytest.mark.timeout(400)
def test_the_members_own_phone_is_topped_up_for_points_and_seen_as_done(buyer: Hero) -> None:
    choice = choose_named(buyer.shop, "Direct phone credit")
    number, cost = buyer.person["phone"].removeprefix("+86"), choice.price["points"]
    had, credit = buyer.balance()["available"], credit_of(number)

    [asked] = buyer.shop.post("/v1/quotes", {"lines": lines_of(choice)}, status=200)["asked_for"]
    wrong = {"lines": lines_of(choice, provision_to="12345"), "expected": {"points": cost, "cash_fen": 0}}
    refused = buyer.shop.send("POST", "/v1/orders", wrong)
    order = placed(buyer, lines_of(choice), cost)
    done = eventually("the phone is topped up", lambda: when(buyer, order, status="completed"))

    assert asked == {
        "line_no": 1,
        "provisioner": "sandbox-topup",
        "asks_for": "phone",
        "label_zh": "沙盒充值手机号码",
        "label_en": "Sandbox Top-up phone number",
        "pattern": "1[3-9][0-9]{9}",
        "default": "own_phone",
        "is_paused": False,
    }
    assert (refused.status_code, refused.json()["code"]) == (422, "order.provision_account_wrong")
    [one] = done["provisionings"]
    assert (one["name_en"], one["account"], one["units"]) == ("CNY 10 of phone credit", number, 1)
    assert (one["state"], one["reference"][:2], done["fulfilment_status"]) == ("succeeded", "TU", "delivered")
    assert (credit_of(number), buyer.balance()["available"]) == (credit + 1, had - cost)


@pytest.mark.timeout(400)
def test_a_box_of_something_carried_and_codes_is_delivered_under_the_names_of_its_parts(buyer: Hero) -> None:
    choice = choose_named(buyer.shop, "Travel set: power bank and data", lambda price: price["cash_fen"] > 0)
    order = bought(buyer, basket(choice))
    order = eventually("all of it is there", lambda: when(buyer, order, fulfilment_status="delivered"))
    received = buyer.shop.post(f"/v1/orders/{order['order_id']}/receipt", status=200)

    [line] = order["lines"]
    parts = {part["element_id"]: (part["delivery"], part["name_en"], part["quantity"]) for part in line["parts"]}
    assert sorted(parts.values()) == [("code", "Nationwide data day pass 10 GB", 2), ("parcel", POWER_BANK, 1)]
    assert [parts[code["element_id"]][0] for code in order["codes"]] == ["code", "code"]
    assert len({code["code"] for code in order["codes"]}) == 2
    assert ([parcel["status"] for parcel in order["parcels"]], received["status"]) == (["delivered"], "completed")


@pytest.mark.timeout(400)
def test_as_many_partners_are_asked_at_the_same_time_as_there_are_lanes(
    mall: Mall, buyer: Hero, partners: PartnersAtOnce, tmp_path: Path
) -> None:
    """Each answers only when all the others are being asked too."""
    names = [f"lane-{place}" for place in range(LANES)]
    for name in names:
        words = ("order", "provisioner", "import", "--because", "a journey")
        bring_in(mall, tmp_path, partner_at(partners.url, name), *words)
    brought = goods_at(names)
    bring_in(mall, tmp_path, brought, "catalog", "import")
    [goods] = brought["goods"]

    baskets = [(sku["sku_id"], sku["prices"][0]["price_id"]) for sku in goods["skus"]]
    lines = [[{"sku_id": sku_id, "price_id": price_id, "quantity": 1}] for sku_id, price_id in baskets]
    orders = [placed(buyer, line, POINTS_AT_A_LANE) for line in lines]
    for order in orders:
        eventually("its partner has answered", lambda order=order: when(buyer, order, status="completed"))
    assert partners.most_held == LANES


def partner_at(url: str, name: str) -> dict[str, Any]:
    [told] = provisioner_requests()
    kept = {name: told[name] for name in told if name not in ("request_id", "reason")}
    return {**kept, "provisioner": name, "endpoint": url, "timeout_ms": 5_000}


def goods_at(names: list[str]) -> dict[str, Any]:
    """A file for ``catalog import``: for each of these partners something that it switches on."""
    merchant = {"merchant_id": new_id("mer"), "name_zh": "通道", "name_en": "Lanes"}
    elements = [
        {"element_id": new_id("elm"), "delivery": "provision", "name_zh": name, "name_en": name, "stock": 5}
        | {"provisioner": name, "product": "LANE"}
        for name in names
    ]
    skus = [
        {
            "sku_id": new_id("sku"),
            "variant_zh": element["name_zh"],
            "variant_en": element["name_en"],
            "prices": [{"price_id": new_id("prc"), "points": POINTS_AT_A_LANE, "cash_fen": 0}],
            "elements": [{"element_id": element["element_id"], "quantity": 1}],
        }
        for element in elements
    ]
    said = {"name_zh": "通道", "name_en": "Lanes", "picture_svg": SVG, "category": "lanes", "kind": "virtual"}
    goods = {"goods_id": new_id("gds"), "merchant_id": merchant["merchant_id"], **said, "skus": skus}
    categories = [{"path": "lanes", "name_zh": "通道", "name_en": "Lanes"}]
    return {"merchants": [merchant], "categories": categories, "elements": elements, "goods": [goods]}
