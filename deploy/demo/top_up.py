"""The chapter in which the member's own phone is topped up, by a partner of the mall."""

import os

import requests

from deploy.demo.hero import Hero
from deploy.demo.outside import TIMEOUT_S
from deploy.demo.shelf import choose_named
from deploy.demo.shop import StoryBroken, eventually
from deploy.demo.teller import Teller

GOODS = "Direct phone credit"


def top_up_the_phone(hero: Hero, teller: Teller) -> str:
    """Nobody carries it and there is no code: the partner's own books say that it is there."""
    teller.chapter("top_up")
    choice = choose_named(hero.shop, GOODS)
    teller.say("redeem.want", goods=teller.name_of(choice.goods), points=choice.price["points"])
    number, had = _number_of(hero), credit_of(_number_of(hero))
    total = {name: choice.price[name] for name in ("points", "cash_fen")}
    order = hero.shop.post("/v1/orders", {"lines": [choice.basket()], "expected": total, "channel": "web"})
    [done] = eventually("the partner has topped it up", lambda: _switched_on(hero, order["order_id"]))
    teller.say("top_up.done", account=done["account"], reference=done["reference"])
    is_there = credit_of(number) == had + 1
    teller.check("top_up.booked", is_there, account=number)
    teller.facts["top_up"] = {"account": done["account"], "state": done["state"], "booked_once": is_there}
    if not is_there:
        raise StoryBroken("the partner's books do not have it once")
    return str(order["order_id"])


def credit_of(number: str) -> int:
    """How often the number was topped up, as the partner's own books have it."""
    books = requests.get(f"{os.environ['MALL_TOPUP_URL']}/control/accounts/{number}", timeout=TIMEOUT_S).json()
    return int(books["has"].get("CREDIT-10", 0))


def _number_of(hero: Hero) -> str:
    return str(hero.person["phone"].removeprefix("+86"))


def _switched_on(hero: Hero, order_id: str) -> list[dict[str, str]] | None:
    done = hero.order(order_id)["provisionings"]
    return done if done and all(one["state"] == "succeeded" for one in done) else None
