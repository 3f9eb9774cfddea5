"""Everybody who may ask the gateway for something, with the token that opens their door."""

from dataclasses import dataclass
from typing import Any

import requests

from deploy.demo.hero import Hero
from deploy.demo.shelf import choose, points_and_cash, points_only
from tests.journeys.at_hand import basket, ops, pay_bills, signed_in
from tests.support.mall import Mall

MEMBER = "session"
OPERATORS = ("ops", "finance", "rules")
TIMEOUT_S = 20


@dataclass(frozen=True)
class Doors:
    """``tokens`` are a member's session and the staff keys by their role; ``document`` is the OpenAPI document."""

    url: str
    tokens: dict[str, str]
    document: dict[str, Any]

    def token_for(self, operation: dict[str, Any]) -> str | None:
        """Of whom an operation of the document is for; None: it is for everybody."""
        return self.tokens[operation.get("x-role", MEMBER)] if operation.get("security") else None


def open_doors(mall: Mall, url: str) -> Doors:
    """With a member who has something to lose: points, orders in several states, something in the cart."""
    pay_bills(mall)
    hero = signed_in()
    merchant_id = left_behind(hero)
    tokens = {MEMBER: str(hero.shop.token)}
    for role in OPERATORS:
        tokens[role] = issued(mall, role, "--role", role)
    places = asked(url, "/v1/ops/places", tokens["ops"])["places"]
    tokens["merchant"] = issued(mall, "merchant", "--merchant", merchant_id)
    tokens["hall"] = issued(mall, "hall", "--hall", next(p["place_id"] for p in places if p["kind"] == "hall"))
    return Doors(url, tokens, asked(url, "/openapi.json"))


def left_behind(hero: Hero) -> str:
    """Orders: one that is on its way, a code that was handed over, one that waits for its money; and a cart. The
    merchant of the first."""
    parcel, code = (
        choose(hero.shop, "physical", points_only(1, 2000)),
        choose(hero.shop, "virtual", points_only(1, 900)),
    )
    unpaid = choose(hero.shop, "physical", points_and_cash(3000))
    for choice in (parcel, code, unpaid):
        hero.shop.post("/v1/orders", basket(choice))
    hero.shop.post("/v1/cart/lines", parcel.basket())
    return str(parcel.goods["merchant"]["merchant_id"])


def issued(mall: Mall, role: str, *words: str) -> str:
    return str(ops(mall, "staff", "issue", f"player.{role}", *words)["token"])


def asked(url: str, path: str, token: str = "") -> Any:
    answer = requests.get(url + path, headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT_S)
    answer.raise_for_status()
    return answer.json()
