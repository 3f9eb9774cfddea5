"""A flash sale through HTTP on a running mall: two members race for the last piece, and what is given up comes back."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.hero import Hero
from deploy.demo.redemptions import ADDRESS
from deploy.demo.shop import eventually
from deploy.seed.subscribers import demo_subscribers
from tests.journeys.at_hand import Desk, a_cup, bring_in, ops, paid, signed_in
from tests.support.mall import Mall

Answer = dict[str, Any]
USUAL_FEN, FLASH_FEN = 900, 500


def take(hero: Hero, sale: Answer) -> tuple[int, Answer]:
    answer = hero.shop.send("POST", f"/v1/flash-sales/{sale['sale_id']}/tickets", patient=False)
    return answer.status_code, answer.json()


def at_once(heroes: list[Hero], sale: Answer) -> list[tuple[int, Answer]]:
    barrier, answers = threading.Barrier(len(heroes)), {}

    def race(place: int) -> None:
        barrier.wait(30)
        answers[place] = take(heroes[place], sale)

    threads = [threading.Thread(target=race, args=(place,)) for place in range(len(heroes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [answers[place] for place in range(len(heroes))]


def basket(ticket: Answer) -> Answer:
    line = {name: ticket[name] for name in ("sku_id", "price_id", "ticket_id")} | {"quantity": 1}
    expected = {name: ticket[name] for name in ("points", "cash_fen", "coins")}
    return {"lines": [line], "expected": expected, "delivery_address": ADDRESS, "payment_provider": "alipay"}


def taken_in_the_end(hero: Hero, sale: Answer) -> Answer:
    """Each try is a request of its own: what was sold out once stays so for its key."""

    def tries() -> Answer | None:
        status, ticket = take(hero, sale)
        return ticket if status == 201 else None

    return dict(eventually("the piece comes back", tries))


@pytest.mark.timeout(400)
def test_who_loses_the_race_gets_the_piece_that_the_winner_gives_up(open_mall: Mall, tmp_path: Path) -> None:
    people = demo_subscribers()
    heroes = [signed_in(people[::2]), signed_in(people[1::2])]
    desk, brought = Desk(open_mall, "mei", "ops"), a_cup(0, USUAL_FEN)
    bring_in(open_mall, tmp_path, brought, "catalog", "import")
    sku_id = brought["goods"][0]["skus"][0]["sku_id"]
    ends_at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    wish = {"sku_id": sku_id, "ends_at": ends_at, "cash_fen": FLASH_FEN, "quota": 1, "reason": "a journey"}
    opened, sale = desk.posts("flash-sales", wish)
    [offer] = [one for one in heroes[0].shop.get("/v1/flash-sales")["sales"] if one["sku_id"] == sku_id]

    answers = at_once(heroes, sale)
    [winner] = [place for place, (status, _) in enumerate(answers) if status == 201]
    first, second, ticket = heroes[winner], heroes[1 - winner], answers[winner][1]
    stolen = second.shop.send("POST", "/v1/orders", basket(ticket), patient=False)
    quote = first.shop.post("/v1/quotes", {"lines": basket(ticket)["lines"]}, status=200)
    order = first.shop.post("/v1/orders", basket(ticket))
    still = take(second, sale)
    first.shop.post(f"/v1/orders/{order['order_id']}/cancellation", {"reason": "changed my mind"}, status=200)
    late = taken_in_the_end(second, sale)
    sold = paid(second, second.shop.post("/v1/orders", basket(late)))

    assert (opened, offer["left"], offer["price_id"]) == (201, 1, sale["price_id"])
    assert (answers[1 - winner][0], answers[1 - winner][1]["code"]) == (409, "flash.sold_out")
    assert (stolen.status_code, stolen.json()["code"]) == (404, "flash.ticket_unknown")
    assert (quote["cash_fen"], order["status"], order["cash_fen"]) == (FLASH_FEN, "awaiting_payment", FLASH_FEN)
    assert (still[0], still[1]["code"]) == (409, "flash.sold_out")
    assert (sold["cash_fen"], sold["lines"][0]["ticket_id"]) == (FLASH_FEN, late["ticket_id"])
    [told] = first.shop.get(f"/v1/flash-sales/{sale['sale_id']}/tickets")["tickets"]
    assert (told["state"], told["order_id"]) == ("returned", order["order_id"])
    found = desk.gets(f"flash-sales/{sale['sale_id']}")
    assert (found["left"], found["live"], found["sold"]) == (0, 0, 1)
    assert [check["name"] for check in ops(open_mall, "catalog", "check") if not check["ok"]] == []
