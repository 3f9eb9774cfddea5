"""What the redeem benchmark needs before the clock runs: buyers, points, goods, stock. All by public ways."""

import json
import os
import random
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from deploy.demo.outside import Phone
from deploy.demo.shop import Shop, eventually
from deploy.seed.subscribers.import_requests import everybody
from tests.load.basket import order_body, two_physical_lines
from tests.load.children import ROOT
from tests.load.http_driver import post

POINTS_EACH = 50_000_000
PIECES = 1_000_000
AT_ONCE = 8
TIMEOUT_S = 10
CODES, CREATED, WRONG = "/v1/sign-in-codes", 201, 401


@dataclass(frozen=True)
class Buyer:
    member_id: str
    token: str


@dataclass(frozen=True)
class Setting:
    """The buyers and the two-line basket that every order asks for."""

    url: str
    buyers: list[Buyer]
    body: bytes

    def orders(self, count: int) -> list[bytes]:
        """That many new orders, the buyers in turn; each with a key of its own."""
        return [self._order(self.buyers[place % len(self.buyers)]) for place in range(count)]

    def _order(self, buyer: Buyer) -> bytes:
        headers = {"Authorization": f"Bearer {buyer.token}", "Idempotency-Key": uuid.uuid4().hex}
        return post(self.url, "/v1/orders", self.body, headers)


def prepare(buyers: int) -> Setting:
    url = os.environ["MALL_PUBLIC_URL"]
    # Codes go out once a minute to a number: other numbers each time, so that the benchmark can be run again at once.
    phones = [person.phone for person in random.sample(everybody(), buyers)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        signed_in = list(pool.map(lambda phone: sign_in(url, phone), phones))
    shop = Shop(url, "zh")
    cards = shop.get("/v1/goods", limit=100)["goods"]
    lines = two_physical_lines(cards, lambda goods_id: shop.get(f"/v1/goods/{goods_id}"))
    supply([buyer.member_id for buyer in signed_in], [line["sku_id"] for line in lines])
    return Setting(url, signed_in, order_body(lines))


def sign_in(url: str, number: str) -> Buyer:
    answer = eventually(f"{number} is signed in", lambda: _try_to_sign_in(Shop(url, "zh"), number))
    return Buyer(answer["member"]["member_id"], answer["token"])


def _try_to_sign_in(shop: Shop, number: str) -> Any:
    """None, if no code could be sent, or if what came is the code of an earlier try, which was perhaps sent after all.
    A key for each try: the answer to one that could not be sent stays the same for ever."""
    phone = Phone(os.environ["MALL_SMSC_CONTROL_URL"], number)
    if shop.send("POST", CODES, {"phone": number}, patient=False).status_code != CREATED:
        return None
    code, _ = phone.code_message(0)
    answer = shop.send("POST", "/v1/sessions", {"phone": number, "code": code, "device": "bench"})
    return None if answer.status_code == WRONG else shop.expect(CREATED, answer)


def supply(member_ids: list[str], sku_ids: list[str], points: int = POINTS_EACH, pieces: int = PIECES) -> None:
    """That many points for each member, that many pieces of each SKU."""
    wanted = {"member_ids": member_ids, "points": points, "sku_ids": sku_ids, "pieces": pieces}
    command = [sys.executable, "-W", "ignore", "-m", "tests.load.redeem_supplies"]
    subprocess.run(command, input=json.dumps(wanted), text=True, cwd=ROOT, check=True, timeout=300)


@contextmanager
def parcels_held() -> Iterator[None]:
    """The carrier books as ever, but no parcel moves: its callbacks would fall into the next measurement."""
    switch = f"{os.environ['MALL_CARRIER_URL']}/control/hold"
    before = requests.get(switch, timeout=TIMEOUT_S).json()["hold"]
    requests.post(switch, json={"hold": True}, timeout=TIMEOUT_S).raise_for_status()
    try:
        yield
    finally:
        requests.post(switch, json={"hold": before}, timeout=TIMEOUT_S).raise_for_status()
