"""Shoppers who go on redeeming whatever happens: points, points and cash, what is scarce, more than they have, what is
on sale in a flash; some call it off, some send it back."""

import threading
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any

import requests

from deploy.demo.outside import pay_at_the_cashier
from deploy.demo.redemptions import ADDRESS, order_body
from deploy.demo.shop import Shop, StoryBroken
from tests.faults.asked import Asked, History
from tests.faults.returns import Counter
from tests.faults.shelf import Shelf

CREATED = 201
PAY_WITHIN_S = 600.0
ELSEWHERE = {"delivery_address": ADDRESS | {"street": "天河路 1 号"}}
REPEATED, ASKED_OTHERWISE, CANCELLED, RETURNED = 0.28, 0.05, 0.10, 0.05
WITH_A_TICKET, TICKET_UNUSED = 0.15, 0.3
UNPAID = 0.5
"""Of what is cancelled before it is paid; for the other half the money has to go back."""


@dataclass
class Shopper:
    shop: Shop
    shelf: Shelf
    counter: Counter
    history: History
    rng: Random
    cancelled: float = CANCELLED
    to_repeat: list[Asked] = field(default_factory=list)

    def shop_until(self, closed: threading.Event) -> None:
        while not closed.is_set():
            self._redeem()
        for asked in self.to_repeat:
            self.history.repeat(self.shop, asked)

    def _redeem(self) -> None:
        body = self._wish()
        order = self._ask("/v1/orders", body, ELSEWHERE) if body else None
        if order is None or order.status != CREATED:
            return
        order_id = order.value["order_id"]
        is_cancelled = self.rng.random() < self.cancelled
        if order.value["cash_fen"] and not (is_cancelled and self.rng.random() < UNPAID):
            self._pay(order_id)
        if is_cancelled:
            self._ask(f"/v1/orders/{order_id}/cancellation", {"reason": "member"}, {"reason": "another"})
        elif self.rng.random() < RETURNED:
            self.counter.take_back(self.shop, order_id, self._ask)

    def _wish(self) -> dict[str, Any] | None:
        """None, if it takes a ticket that is not to be had, or that is not used."""
        if self.rng.random() >= WITH_A_TICKET:
            choice = self.shelf.choose(self.rng)
            provider = {"payment_provider": "alipay"} if choice.price["cash_fen"] else {}
            return order_body(choice, address=ADDRESS, **provider)
        taken = self.history.ask(self.shop, self.rng, self.shelf.flash.path, {})
        if taken.status != CREATED or self.rng.random() < TICKET_UNUSED:
            return None
        return self.shelf.flash.order_body(taken.value)

    def _ask(self, path: str, body: dict[str, Any], changed: dict[str, Any]) -> Asked:
        """And now and then again later with the same key, or at once with other words under it."""
        asked = self.history.ask(self.shop, self.rng, path, body)
        if asked.answers and self.rng.random() < ASKED_OTHERWISE:
            self.history.ask_otherwise(self.shop, asked, changed)
        if self.rng.random() < REPEATED:
            self.to_repeat.append(asked)
        if len(self.to_repeat) > 3:
            self.history.repeat(self.shop, self.to_repeat.pop(0))
        return asked

    def _pay(self, order_id: str) -> None:
        """Goes to the cashier until the shop has heard of the payment."""
        deadline = time.monotonic() + PAY_WITHIN_S
        while self.shop.get(f"/v1/orders/{order_id}")["status"] == "awaiting_payment":
            if time.monotonic() > deadline:
                raise StoryBroken(f"{order_id} was not paid within {PAY_WITHIN_S:.0f} s")
            try:
                payment = self.shop.send("POST", f"/v1/orders/{order_id}/payments")
                if payment.status_code == CREATED:
                    pay_at_the_cashier(payment.json()["pay_url"])
            except (StoryBroken, requests.RequestException):
                pass  # the cashier is away, or has the money already
            time.sleep(0.3)


class Crowd:
    """All shoppers at once, each a thread; a shopper's accident is told when they go home."""

    def __init__(self, shoppers: list[Shopper]) -> None:
        self._closed, self._accidents = threading.Event(), list[BaseException]()
        self._threads = [threading.Thread(target=self._shop, args=(one,), daemon=True) for one in shoppers]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        for thread in self._threads:
            thread.join(900)
        if any(thread.is_alive() for thread in self._threads):
            raise TimeoutError("a shopper still waits for an answer")
        if self._accidents:
            raise self._accidents[0]

    def _shop(self, shopper: Shopper) -> None:
        try:
            shopper.shop_until(self._closed)
        except BaseException as accident:  # noqa: BLE001 - told in __exit__
            self._accidents.append(accident)
