"""Replicas are stopped and started one after the other, as a release does it, and no request fails."""

import random
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import requests

from deploy.demo.redemptions import ADDRESS, order_body
from tests.faults.cast import TWICE
from tests.faults.ordeal import Stage
from tests.faults.parts import Parts
from tests.support.mall import wait_until

SENDERS = 4
TIMEOUT_S = 20
LEAST_REQUESTS = 100


@dataclass
class Counted:
    """Requests that are sent once and never again, and those of them that failed."""

    sent: int = 0
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, problem: str | None) -> None:
        with self.lock:
            self.sent += 1
            self.failed += [problem] if problem else []


def send_until(closed: threading.Event, stage: Stage, place: int, counted: Counted) -> None:
    """An order and a look at the balance in turn, each over a connection of its own."""
    rng, buyer = random.Random(place), stage.supplies.buyers[place * 2 + 1]
    body = order_body(stage.supplies.shelf.common, address=ADDRESS)
    shop = stage.history.shop(stage.supplies.url, buyer.token)
    shop.worth_retrying = frozenset()
    while not closed.is_set():
        try:
            asked = stage.history.ask(shop, rng, "/v1/orders", body)
            counted.note(None if asked.status < 500 else f"order {asked.key}: {asked.answers}")
            balance = shop.send("GET", "/v1/points/balance", patient=False)
            counted.note(None if balance.status_code == 200 else f"balance: {balance.status_code} {balance.text}")
        except requests.RequestException as problem:
            counted.note(f"{type(problem).__name__}: {problem}")
        shop.session.close()


def restart(parts: Parts, name: str) -> None:
    parts.wait_for_another(parts.strike(name, signal.SIGTERM))


@pytest.mark.timeout(3_600)
def test_no_request_fails_while_replicas_are_restarted_one_by_one(stage: Stage, tell: Callable[[str], None]) -> None:
    counted, closed = Counted(), threading.Event()
    senders = [
        threading.Thread(target=send_until, args=(closed, stage, place, counted), daemon=True)
        for place in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    for module in TWICE:
        service = module.rpartition(".")[2]
        for name in (service, f"{service}-2"):
            restart(stage.parts, name)
    wait_until(lambda: counted.sent >= LEAST_REQUESTS, 300)
    closed.set()
    for sender in senders:
        sender.join(60)

    tell(f"{counted.sent} requests while {2 * len(TWICE)} processes were restarted: {len(counted.failed)} failed")
    assert counted.failed == []
