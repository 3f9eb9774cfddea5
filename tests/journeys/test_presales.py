"""Goods that are sold before they are there, through HTTP on a running mall: nothing is sent before their day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.demo.hero import Hero
from deploy.demo.shelf import choose
from deploy.demo.shop import eventually
from services.chassis.clock import local_date
from tests.journeys.at_hand import Desk, basket, bought
from tests.support.mall import Mall


def sent(hero: Hero, order_id: str) -> dict[str, Any] | None:
    order = hero.order(order_id)
    return order if order["parcels"] else None


@pytest.mark.timeout(400)
def test_goods_to_come_are_sent_when_their_day_has_come_and_given_up_before(mall: Mall, member: Hero) -> None:
    hero, desk = member, Desk(mall, "wei", "ops")
    choice = choose(hero.shop, "physical", lambda price: price["points"] == 0 and price["cash_fen"] > 0)
    now = datetime.now(UTC)
    today, tomorrow = (local_date(now + timedelta(days=day)).isoformat() for day in (0, 1))
    wish = {"ends_at": (now + timedelta(days=1)).isoformat(), "ships_from": tomorrow, "quota": 2, "reason": "a journey"}

    opened, presale = desk.posts("presales", {"sku_id": choice.sku_id, **wish})
    first, second = bought(hero, basket(choice)), bought(hero, basket(choice))
    third = hero.shop.send("POST", "/v1/orders", basket(choice), patient=False)
    given_up = hero.shop.post(f"/v1/orders/{first['order_id']}/cancellation", {"reason": "changed my mind"}, status=200)
    changed, _ = desk.posts(f"presales/{presale['presale_id']}/changes", {"ships_from": today, "reason": "it is here"})
    order = eventually("the goods are sent", lambda: sent(hero, second["order_id"]))

    assert (opened, changed, third.status_code, third.json()["code"]) == (201, 201, 409, "presale.quota_reached")
    assert [line["ships_from"] for line in second["lines"]] == [tomorrow]
    assert (second["parcels"], len(order["parcels"])) == ([], 1)
    assert given_up["status"] in ("cancelling", "cancelled")
    [found] = desk.gets(f"presales?sku_id={choice.sku_id}")["presales"]
    assert (found["taken"], found["allotted"], len(found["decisions"])) == (1, 1, 2)
    assert hero.order(first["order_id"])["parcels"] == []
