"""What there is before the trouble begins: signed-in buyers with points, goods of three kinds, and their counts."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Any

from deploy.demo.shelf import Choice, choose, points_and_cash, points_only
from deploy.demo.shop import Shop
from deploy.seed.subscribers.import_requests import everybody
from tests.faults.shelf import Flash, Shelf
from tests.load.children import ROOT
from tests.load.redeem_setting import Buyer, sign_in, supply

PLENTY, LITTLE = 2_000_000, 6_000
POOR_OF_ALL = 4
"""Every fourth buyer has so little that it is soon spent."""
PIECES = 100_000
IN_A_FLASH = {"units": 400, "per_member": 60, "ticket_s": 30, "points": 100}
"""Fewer than all buyers together may have; who does not order within seconds has lost the piece."""
AT_ONCE = 4


@dataclass(frozen=True)
class Supplies:
    url: str
    buyers: list[Buyer]
    shelf: Shelf
    had: dict[str, int]
    """Points available at the beginning, by member."""
    pieces: dict[str, int]
    """Pieces in stock at the beginning, by SKU."""

    def shop_of(self, buyer: Buyer) -> Shop:
        return Shop(self.url, "en", buyer.token)

    def in_stock(self, choice: Choice) -> int:
        goods = self.shop_of(self.buyers[0]).get(f"/v1/goods/{choice.goods['goods_id']}")
        return int(next(sku["in_stock"] for sku in goods["skus"] if sku["sku_id"] == choice.sku_id))

    def balance(self, buyer: Buyer) -> dict[str, Any]:
        return dict(self.shop_of(buyer).get("/v1/points/balance"))


def lay_in(url: str, buyers: int, rng: Random) -> Supplies:
    phones = [person.phone for person in rng.sample(everybody(), buyers)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        signed_in = list(pool.map(lambda phone: sign_in(url, phone), phones))
    shelf = _shelf(Shop(url, "en", signed_in[0].token))
    poor = [buyer.member_id for buyer in signed_in[::POOR_OF_ALL]]
    rich = [buyer.member_id for buyer in signed_in if buyer.member_id not in poor]
    supply(poor, [], points=LITTLE)
    supply(rich, [shelf.common.sku_id, shelf.for_cash.sku_id], points=PLENTY, pieces=PIECES)
    supplies = Supplies(url, signed_in, shelf, {}, {})
    supplies.had.update({buyer.member_id: supplies.balance(buyer)["available"] for buyer in signed_in})
    supplies.pieces.update({choice.sku_id: supplies.in_stock(choice) for choice in shelf.kinds})
    return supplies


def _shelf(shop: Shop) -> Shelf:
    common = choose(shop, "physical", points_only(100, 2000))
    for_cash = choose(shop, "physical", points_and_cash(3000))
    others = {common.sku_id, for_cash.sku_id}
    scarce = choose(shop, "physical", points_only(100, 20_000), not_of=common.goods["merchant"])
    if scarce.sku_id in others:
        raise ValueError("the shop has too few kinds of goods")
    named = {
        price["price_id"] for one in (common, for_cash, scarce) for sku in one.goods["skus"] for price in sku["prices"]
    }
    other = choose(shop, "physical", lambda price: price["price_id"] not in named)
    return Shelf(common, for_cash, scarce, _in_a_flash(shop, other.sku_id))


def _in_a_flash(shop: Shop, sku_id: str) -> Flash:
    supply([], [sku_id], pieces=IN_A_FLASH["units"])
    command = [sys.executable, "-W", "ignore", "-m", "tests.load.flash_supplies"]
    wanted = json.dumps({"sku_id": sku_id, "parts": [], **IN_A_FLASH})
    done = subprocess.run(command, input=wanted, text=True, cwd=ROOT, check=True, timeout=300, stdout=subprocess.PIPE)
    [offer] = [one for one in shop.get("/v1/flash-sales")["sales"] if one["sale_id"] == done.stdout.strip()]
    return Flash(offer["sale_id"], sku_id, offer["price_id"], offer["points"], offer["quota"])
