"""What every journey needs at hand: the running mall's settings, members who sign in, the operator's people."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import requests

from deploy.demo.bill_run import bill_a_few
from deploy.demo.hero import Hero
from deploy.demo.outside import pay_at_the_cashier
from deploy.demo.redemptions import ADDRESS
from deploy.demo.shelf import Choice
from deploy.demo.shop import Shop, eventually
from deploy.demo.teller import Teller
from deploy.seed.subscribers import demo_subscribers
from services.chassis.ids import new_id
from tests.support.mall import Mall

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
OPS_S = 180  # an audit of all services, on a machine that is busy with something else
SILENT = {"language": "en", "as_json": True}


def settings_of(mall: Mall) -> dict[str, str]:
    told = json.loads((Path(mall.home) / "env.json").read_text())
    return {name: str(value) for name, value in told.items()}


def signed_in(people: list[dict[str, Any]] | None = None) -> Hero:
    """One of the seeded members, of ``people`` if that is said; the environment names the mall."""
    hero = Hero(people or demo_subscribers(), Shop(os.environ["MALL_PUBLIC_URL"], "en"))
    hero.sign_in(Teller(**SILENT))
    return hero


def pay_bills(mall: Mall) -> None:
    """All of them have points of a bill run."""
    bill_a_few(Path(mall.home) / "demo")


def ops(mall: Mall, *words: str) -> Any:
    """What ``./mall ops`` answers."""
    done = mall.command("ops", *words, "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = done.communicate(timeout=OPS_S)
    assert done.returncode == 0, output + errors
    return json.loads(output)


def bring_in(mall: Mall, folder: Path, told: dict[str, Any], *words: str) -> None:
    """A file of it, given to ``./mall ops words``."""
    file = folder / "told.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    ops(mall, *words, str(file))


def a_cup(points: int, cash_fen: int, stock: int = 5) -> dict[str, Any]:
    """A file for ``catalog import``: something of a merchant of its own that is carried."""
    sku: dict[str, Any] = {"sku_id": new_id("sku"), "stock": stock}
    sku["prices"] = [{"price_id": new_id("prc"), "points": points, "cash_fen": cash_fen}]
    merchant = {"merchant_id": new_id("mer"), "name_zh": "杯子店", "name_en": "Cups"}
    names = {"name_zh": "杯子", "name_en": "Cup", "picture_svg": SVG, "category": "cups", "kind": "physical"}
    goods = {"goods_id": new_id("gds"), "merchant_id": merchant["merchant_id"], **names, "skus": [sku]}
    categories = [{"path": "cups", "name_zh": "杯", "name_en": "Cups"}]
    return {"merchants": [merchant], "categories": categories, "goods": [goods]}


def key_of_staff(mall: Mall, name: str, *roles: str) -> str:
    return str(ops(mall, "staff", "issue", name, *(word for role in roles for word in ("--role", role)))["token"])


class Desk:
    """The HTTP API as one of the operator's people uses it."""

    def __init__(self, mall: Mall, name: str, *roles: str) -> None:
        self.headers = {"Authorization": f"Bearer {key_of_staff(mall, name, *roles)}"}
        self.url = settings_of(mall)["MALL_PUBLIC_URL"]

    def gets(self, path: str) -> dict[str, Any]:
        return dict(requests.get(f"{self.url}/v1/ops/{path}", headers=self.headers, timeout=20).json())

    def posts(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        headers = self.headers | {"Idempotency-Key": new_id("key")}
        answer = requests.post(f"{self.url}/v1/ops/{path}", headers=headers, json=body, timeout=20)
        return answer.status_code, answer.json()


def basket(choice: Choice) -> dict[str, Any]:
    price = {name: choice.price[name] for name in ("points", "cash_fen", "coins")}
    return {"lines": [choice.basket()], "expected": price, "delivery_address": ADDRESS, "payment_provider": "alipay"}


def bought(hero: Hero, wish: dict[str, Any]) -> dict[str, Any]:
    """An order that is paid at the cashier."""
    return paid(hero, hero.shop.post("/v1/orders", wish))


def paid(hero: Hero, order: dict[str, Any]) -> dict[str, Any]:
    pay_at_the_cashier(hero.shop.post(f"/v1/orders/{order['order_id']}/payments")["pay_url"])
    return dict(eventually("the order is confirmed", lambda: when(hero, order, status="confirmed")))


def when(hero: Hero, order: dict[str, Any], **told: Any) -> dict[str, Any] | None:
    """The order, once it says all of this."""
    seen = hero.order(order["order_id"])
    return seen if all(seen[name] == value for name, value in told.items()) else None
