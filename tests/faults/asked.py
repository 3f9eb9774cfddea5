"""What shoppers asked and were told: the history that the mall's books are compared with."""

import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import requests

from deploy.demo.shop import WORTH_RETRYING, Shop

PASSES = WORTH_RETRYING | {500}
"""While everything fails, a fault (500) passes too; with its key the request may be sent again."""
PATIENCE_S = 600.0
REFUSED = 409
KEY_REUSED = (422, "request.key_reused")
NO_LAST_WORD = "cancelling"
"""An order in this status waits for somebody outside: asked again under the same key, the mall says more."""
SOLD_OUT = "flash.sold_out"
"""Tickets come back: asked again under the same key, the mall may have one."""
OF_ONE_ANSWER = "request_id"
"""What a problem document says of the single request, not of its outcome."""


@dataclass
class Asked:
    """One request under one key. ``answers`` are its definite ones, to the first try and to repetitions;
    ``otherwise`` what was said to another content under the same key."""

    path: str
    body: dict[str, Any]
    key: str
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    otherwise: list[tuple[int, str]] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.answers[0][0] if self.answers else 0

    @property
    def value(self) -> dict[str, Any]:
        return dict(json.loads(self.answers[0][1]))

    @property
    def differs(self) -> bool:
        return len({_comparable(status, body) for status, body in self.answers}) > 1


@dataclass
class History:
    """Everybody's questions; ``statuses`` counts every single answer, the passing ones too, ``refusals`` those of
    409 by code."""

    asked: list[Asked] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    shops: list[Shop] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def shop(self, url: str, token: str) -> Shop:
        """A patient shop front whose answers are counted."""
        shop = Shop(url, "en", token, worth_retrying=PASSES, patience_s=PATIENCE_S)
        shop.session.hooks["response"].append(self._count)
        self.shops.append(shop)
        return shop

    def ask(self, shop: Shop, rng: Random, path: str, body: dict[str, Any]) -> Asked:
        asked = Asked(path, body, uuid.UUID(int=rng.getrandbits(128)).hex)
        with self.lock:
            self.asked.append(asked)  # before it is sent: what became of it must be known whatever happens
        self.repeat(shop, asked)
        return asked

    def repeat(self, shop: Shop, asked: Asked) -> None:
        answer = shop.send("POST", asked.path, asked.body, asked.key)
        said = answer.json()
        if said.get("status") != NO_LAST_WORD and said.get("code") != SOLD_OUT:
            asked.answers.append((answer.status_code, answer.content))

    def ask_otherwise(self, shop: Shop, asked: Asked, changed: dict[str, Any]) -> None:
        answer = shop.send("POST", asked.path, asked.body | changed, asked.key)
        asked.otherwise.append((answer.status_code, answer.json().get("code", "")))

    def accepted_orders(self) -> dict[str, Asked]:
        placed = [asked for asked in self.asked if asked.path == "/v1/orders" and asked.status == 201]
        return {asked.value["order_id"]: asked for asked in placed}

    def redemptions(self) -> list[Asked]:
        return self.where(lambda asked: asked.path == "/v1/orders")

    def sent_again(self) -> int:
        """Requests with a key whose first answer was known already."""
        return sum(len(asked.answers) - 1 for asked in self.asked if asked.answers)

    def retries(self) -> int:
        """Tries that came to nothing: no answer, or one that passes."""
        return sum(shop.retries for shop in self.shops)

    def where(self, is_so: Callable[[Asked], bool]) -> list[Asked]:
        return [asked for asked in self.asked if is_so(asked)]

    def _count(self, answer: requests.Response, *_: Any, **__: Any) -> None:
        with self.lock:
            self.statuses[answer.status_code] += 1
            if answer.status_code == REFUSED:
                self.refusals[answer.json()["code"]] += 1


def _comparable(status: int, body: bytes) -> tuple[int, bytes]:
    if status < 400:
        return status, body
    problem = {name: value for name, value in json.loads(body).items() if name != OF_ONE_ANSWER}
    return status, json.dumps(problem, sort_keys=True).encode()
