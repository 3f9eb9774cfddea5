"""The chapters in which orders are placed: points, retry, a code, points and cash, a refusal."""

import uuid
from typing import Any

from deploy.demo.hero import Hero
from deploy.demo.outside import pay_at_the_cashier
from deploy.demo.shelf import Choice, choose, points_and_cash, points_only
from deploy.demo.shop import StoryBroken, eventually
from deploy.demo.teller import Teller

ADDRESS = {
    "name": "王小明",
    "phone": "13800138000",
    "province": "广东省",
    "city": "广州市",
    "district": "天河区",
    "street": "体育西路 100 号 2001 室",
}
FEN = 100
KEY_REUSED = 422
POINTS_OF_A_PHYSICAL_ITEM = (200, 2000)
MOST_POINTS_OF_A_CODE = 900
MOST_POINTS_BESIDE_CASH = 3000
MORE_THAN_ANYBODY_HAS = 99


def redeem_for_points(hero: Hero, teller: Teller) -> str:
    """A physical item for points alone, then the very same request again."""
    teller.chapter("redeem")
    choice = choose(hero.shop, "physical", points_only(*POINTS_OF_A_PHYSICAL_ITEM))
    teller.say("redeem.want", goods=teller.name_of(choice.goods), points=choice.price["points"])
    key, body = uuid.uuid4().hex, order_body(choice, address=ADDRESS)
    order = hero.shop.post("/v1/orders", body, key)
    _say_placed(hero, teller, order)
    _retry(hero, teller, key, body, order)
    return order["order_id"]


def _retry(hero: Hero, teller: Teller, key: str, body: dict[str, Any], order: dict[str, Any]) -> None:
    teller.chapter("retry")
    again = hero.shop.post("/v1/orders", body, key)
    teller.check("retry.same", again == order)
    elsewhere = ADDRESS | {"street": "天河路 1 号"}
    changed = hero.shop.send("POST", "/v1/orders", body | {"delivery_address": elsewhere}, key)
    refused = changed.status_code == KEY_REUSED
    teller.check("retry.other", refused, status=changed.status_code, code=changed.json().get("code"))
    teller.facts["retry"] = {"same_answer": again == order, "other_content_status": changed.status_code}
    if again != order or not refused:
        raise StoryBroken("the same key did not give the same answer")


def redeem_a_code(hero: Hero, teller: Teller) -> str:
    """A virtual item: confirmed, handed over and completed without anybody's help."""
    teller.chapter("code")
    choice = choose(hero.shop, "virtual", points_only(1, MOST_POINTS_OF_A_CODE))
    teller.say("redeem.want", goods=teller.name_of(choice.goods), points=choice.price["points"])
    order = hero.shop.post("/v1/orders", order_body(choice))
    order = eventually("the code is issued", lambda: _if(hero.order(order["order_id"]), lambda o: o["codes"]))
    code = order["codes"][0]["code"]
    text = eventually("the code comes by SMS", lambda: [m for m in hero.phone.messages() if code in m])[0]
    teller.quote(text)
    return order["order_id"]


def redeem_for_points_and_cash(hero: Hero, teller: Teller) -> str:
    """The cash part is paid at the provider's cashier; its signed notice confirms the order."""
    teller.chapter("cash")
    choice = choose(hero.shop, "physical", points_and_cash(MOST_POINTS_BESIDE_CASH))
    yuan = f"{choice.price['cash_fen'] / FEN:.2f}"
    teller.say("cash.want", goods=teller.name_of(choice.goods), points=choice.price["points"], yuan=yuan)
    order = hero.shop.post("/v1/orders", order_body(choice, address=ADDRESS, payment_provider="alipay"))
    _say_placed(hero, teller, order)
    order_id = order["order_id"]
    payment = hero.shop.post(f"/v1/orders/{order_id}/payments")
    teller.say("cash.pay", yuan=yuan)
    pay_at_the_cashier(payment["pay_url"])
    order = eventually("the payment confirms the order", lambda: _confirmed(hero.order(order_id)))
    teller.check("cash.confirmed", True, status=order["status"])
    return order_id


def be_refused(hero: Hero, teller: Teller) -> None:
    """More than the balance can pay: a refusal with a code, and nothing moved."""
    teller.chapter("refusal")
    available = hero.balance()["available"]
    choice = choose(hero.shop, "physical", points_only(available // 20 + 1, 10**9))
    quantity = min(available // choice.price["points"] + 1, MORE_THAN_ANYBODY_HAS)
    refused = hero.shop.send("POST", "/v1/orders", order_body(choice, quantity, address=ADDRESS))
    problem = refused.json()
    teller.say("refusal.said", status=refused.status_code, code=problem.get("code"), title=problem.get("title"))
    same = hero.balance()["available"] == available  # what earlier orders hold may be captured meanwhile
    teller.check("refusal.unchanged", same, available=available)
    teller.facts["refusal"] = {"status": refused.status_code, "code": problem.get("code"), "balance_unchanged": same}
    if problem.get("code") != "points.insufficient" or not same:
        raise StoryBroken("the refusal was not the one expected")


def order_body(choice: Choice, quantity: int = 1, address: Any = None, **extra: Any) -> dict[str, Any]:
    total = {name: choice.price[name] * quantity for name in ("points", "cash_fen")}
    body = {"lines": [choice.basket(quantity)], "expected": total, "channel": "web", **extra}
    return body | ({"delivery_address": address} if address else {})


def _say_placed(hero: Hero, teller: Teller, order: dict[str, Any]) -> None:
    available = hero.balance()["available"]
    teller.say("order.placed", order_id=order["order_id"], status=order["status"], available=available)


def _confirmed(order: dict[str, Any]) -> dict[str, Any] | None:
    return order if order["status"] in ("confirmed", "completed") else None


def _if(thing: Any, holds: Any) -> Any:
    return thing if holds(thing) else None
