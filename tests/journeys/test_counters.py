"""Counters through HTTP: goods are handed over at a hall, a ticket is verified at its merchant's; each of them once."""

from pathlib import Path
from typing import Any

import pytest

from deploy.demo.hero import Hero
from deploy.demo.shop import Shop, eventually
from services.catalog.contract import own_element
from services.chassis.ids import new_id
from tests.journeys.at_hand import SVG, bring_in, ops
from tests.support.mall import Mall

POINTS = 10


class Counter(Shop):
    """The HTTP API with a key of the counter ``of`` a hall or a merchant."""

    def __init__(self, mall: Mall, shop: Shop, *of: str) -> None:
        super().__init__(shop.url, "en", ops(mall, "staff", "issue", "li.lei", *of)["token"])


class Offer:
    """A merchant with a cup that lies in a hall only, and with a ticket."""

    def __init__(self, mall: Mall, folder: Path) -> None:
        self.merchant_id, self.hall = new_id("mer"), new_id("whs")
        self.cup, self.ticket = self._sku(stock=0), self._sku(stock=5, form="ticket")
        goods = [self._goods("physical", "Cup", self.cup), self._goods("virtual", "Show", self.ticket)]
        merchant = {"merchant_id": self.merchant_id, "name_zh": "剧场", "name_en": "Theatre"}
        categories = [{"path": "theatre", "name_zh": "剧场", "name_en": "Theatre"}]
        brought = {"merchants": [merchant], "categories": categories, "goods": goods}
        bring_in(mall, folder, brought, "catalog", "import")
        where = {"kind": "hall", "province": "广东省", "city": "广州市", "priority": 99}
        place = {"place_id": self.hall, "name_zh": "剧场营业厅", "name_en": "Theatre hall", **where}
        bring_in(mall, folder, {"places": [place]}, "catalog", "place", "import", "--because", "a journey")
        arrival = (own_element(self.cup["sku_id"]), "3", "--place", self.hall, "--reason", "a journey")
        ops(mall, "catalog", "receive", *arrival)

    def _sku(self, **more: Any) -> dict[str, Any]:
        return {
            "sku_id": new_id("sku"),
            "prices": [{"price_id": new_id("prc"), "points": POINTS, "cash_fen": 0}],
            **more,
        }

    def _goods(self, kind: str, name: str, sku: dict[str, Any]) -> dict[str, Any]:
        names = {"name_zh": name, "name_en": name, "picture_svg": SVG, "category": "theatre", "kind": kind}
        return {"goods_id": new_id("gds"), "merchant_id": self.merchant_id, **names, "skus": [sku]}


def basket(sku: dict[str, Any], **more: Any) -> dict[str, Any]:
    line = {"sku_id": sku["sku_id"], "quantity": 1, "price_id": sku["prices"][0]["price_id"]}
    return {"lines": [line], "expected": {"points": POINTS, "cash_fen": 0}, **more}


@pytest.fixture
def offer(open_mall: Mall, tmp_path: Path) -> Offer:
    return Offer(open_mall, tmp_path)


@pytest.mark.timeout(400)
def test_goods_are_picked_up_at_a_hall_by_whoever_has_the_code(mall: Mall, buyer: Hero, offer: Offer) -> None:
    counter = Counter(mall, buyer.shop, "--hall", offer.hall)
    wish = {"lines": [{"sku_id": offer.cup["sku_id"], "quantity": 1}]}
    [found] = buyer.shop.post("/v1/halls/look-ups", wish, status=200)["halls"]

    order_id = buyer.shop.post("/v1/orders", basket(offer.cup, pick_up_at=found["place_id"]))["order_id"]
    code = eventually("the goods are prepared", lambda: buyer.order(order_id)["pick_up"]["code"])
    eventually("the code comes by SMS", lambda: [text for text in buyer.phone.messages() if code in text])
    [waits], [seen] = counter.get("/v1/hall/waiting")["waiting"], ops(mall, "catalog", "waiting", offer.hall)
    handed = counter.post("/v1/hall/hand-overs", {"code": code})
    again = counter.send("POST", "/v1/hall/hand-overs", {"code": code})
    eventually("the order is completed", lambda: buyer.order(order_id)["status"] == "completed")

    assert (found["place_id"], waits["order_id"], seen["order_id"]) == (offer.hall, order_id, order_id)
    assert (handed["order_id"], handed["goods"][0]["name_en"]) == (order_id, "Cup")
    assert (again.status_code, again.json()["code"]) == (409, "pick_up.collected_before")
    assert again.json()["details"]["collected_at"] == handed["collected_at"]
    assert buyer.order(order_id)["pick_up"]["collected_at"] == handed["collected_at"]
    assert counter.get("/v1/hall/waiting")["waiting"] == ops(mall, "catalog", "waiting", offer.hall) == []
    assert all(finding["ok"] for finding in ops(mall, "check"))


@pytest.mark.timeout(400)
def test_a_ticket_is_verified_once_at_its_merchants_counter(mall: Mall, buyer: Hero, offer: Offer) -> None:
    counter = Counter(mall, buyer.shop, "--merchant", offer.merchant_id)
    stranger = Counter(mall, buyer.shop, "--merchant", new_id("mer"))

    order_id = buyer.shop.post("/v1/orders", basket(offer.ticket))["order_id"]
    [issued] = eventually("the ticket is issued", lambda: buyer.order(order_id)["codes"])
    shown = {"code": issued["code"]}
    elsewhere = stranger.send("POST", "/v1/merchant/verifications", shown)
    verified = counter.post("/v1/merchant/verifications", shown)
    again = counter.send("POST", "/v1/merchant/verifications", shown)

    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "code.unknown")
    assert (verified["state"], again.status_code, again.json()["code"]) == ("verified", 409, "code.used_before")
    told = again.json()["details"]
    assert told["verified_at"] == verified["verified_at"]
    [deed] = counter.get("/v1/merchant/verifications")["verifications"]
    assert (deed["what"], deed["key_id"], deed["order_no"]) == ("verified", told["counter"], order_id[-8:].upper())
    assert all(finding["ok"] for finding in ops(mall, "check"))
