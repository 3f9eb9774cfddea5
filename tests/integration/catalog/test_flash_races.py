"""Many at once in a flash sale: never more than the quota, never more than a member may have, and of two ends one."""

from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa

from services.catalog.contract import FLASH_MEMBER_CAP, FLASH_SOLD_OUT, TICKET_EXPIRED, TICKET_USED
from services.catalog.usecases.end_flash_sales import expire_tickets_of
from services.catalog.usecases.release_ended_order import release_ended_order
from services.chassis.clock import FixedClock
from services.chassis.data.database import make_engine
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race, works_on
from services.orders.contract import ORDER_CLOSED
from tests.integration.catalog.in_a_flash import cancelled, changed, counted, opened, run_jobs, spend, taken
from tests.integration.catalog.shop import ended, level, new_order, release, reserve, stocked
from tests.integration.orders.kit import NOON

engine = database_of("catalog")
MANY_BUYERS_S = 300
THREADS, EACH = 20, 100


def persistently(deed):
    """Asks the same again while no database connection is free; a refusal's code is an answer, too."""
    while True:
        try:
            return deed()
        except sa.exc.TimeoutError:
            continue
        except Refused as refusal:
            return refusal.code


@pytest.mark.timeout(2 * MANY_BUYERS_S)
def test_of_a_hundred_pieces_2000_buyers_get_a_hundred(engine, works):
    sku_id = stocked(works, 120)
    sale = opened(works, sku_id, 100)
    few = works_on(make_engine(engine.url.render_as_string(hide_password=False), pool_size=4), works.clock)

    def buys():
        member_id, key, order_id = new_id("mbr"), new_id("req"), new_order()
        ticket = persistently(partial(taken, few, sale["sale_id"], member_id, key))
        if isinstance(ticket, str):
            return ticket
        return persistently(partial(spend, few, ticket, member_id, order_id, key=new_id("req"))) == order_id

    answers = [
        one
        for some in race(*[lambda: [buys() for _ in range(EACH)]] * THREADS, patience_s=MANY_BUYERS_S)
        for one in some
    ]
    few.engine.dispose()
    assert (answers.count(True), answers.count(FLASH_SOLD_OUT)) == (100, THREADS * EACH - 100)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((0, 0, 100), (120, 100))


@pytest.mark.parametrize("per_member", [1, 3])
def test_a_member_who_asks_many_times_at_once_gets_as_many_as_allowed(works, per_member):
    sale = opened(works, stocked(works, 20), 20, per_member=per_member)
    member_id = new_id("mbr")
    answers = race(*[lambda: persistently(partial(taken, works, sale["sale_id"], member_id, new_id("req")))] * 8)
    assert answers.count(FLASH_MEMBER_CAP) == 8 - per_member
    assert counted(works, sale["sale_id"]) == (20 - per_member, per_member, 0)


def test_two_orders_with_one_ticket_are_one(works):
    sale = opened(works, stocked(works, 5), 2)
    member_id = new_id("mbr")
    ticket = taken(works, sale["sale_id"], member_id)
    answers = race(*[lambda: persistently(partial(spend, works, ticket, member_id, new_order()))] * 4)
    assert answers.count(TICKET_USED) == 3
    assert counted(works, sale["sale_id"]) == (1, 0, 1)


def test_an_order_that_ends_in_every_way_at_once_gives_back_one_piece(engine, works):
    sku_id = stocked(works, 5)
    sale = opened(works, sku_id, 2)
    member_id = new_id("mbr")
    order_id = spend(works, taken(works, sale["sale_id"], member_id), member_id)
    race(
        partial(release, works, order_id),
        partial(release, works, order_id),
        lambda: works.apply(ended(order_id, ORDER_CLOSED), release_ended_order),
    )
    left, live, sold = counted(works, sale["sale_id"])
    assert (left + live, sold, level(engine, sku_id)) == (2, 0, (5, 2))  # whoever is first says whose it is


def test_a_ticket_that_comes_back_as_its_time_ends_is_good_or_anybodys_and_never_both(engine, works):
    for _ in range(20):
        sku_id = stocked(works, 5)
        sale = opened(works, sku_id, 1)
        member_id = new_id("mbr")
        order_id = spend(works, taken(works, sale["sale_id"], member_id), member_id)
        later = replace(works, clock=FixedClock(NOON))
        later.clock.advance(minutes=10)
        race(
            partial(release, works, order_id),
            partial(later.run, expire_tickets_of, {"sale_id": sale["sale_id"]}),
            partial(persistently, partial(taken, works, sale["sale_id"])),
        )
        left, live, sold = counted(works, sale["sale_id"])
        assert (left + live, sold, level(engine, sku_id)) == (1, 0, (5, 1))


def test_a_ticket_is_used_or_expires_and_never_both(works):
    for _ in range(5):
        sale = opened(works, stocked(works, 5), 2)
        member_id = new_id("mbr")
        ticket = taken(works, sale["sale_id"], member_id)
        later = replace(works, clock=FixedClock(NOON))
        later.clock.advance(minutes=10)
        order_id, _ = race(
            partial(persistently, partial(spend, works, ticket, member_id)),
            partial(later.run, expire_tickets_of, {"sale_id": sale["sale_id"]}),
        )
        assert counted(works, sale["sale_id"]) == ((2, 0, 0) if order_id == TICKET_EXPIRED else (1, 0, 1))


def test_a_sale_that_is_called_off_while_it_is_bought_keeps_its_books(engine, works):
    sku_id = stocked(works, 10)
    sale = opened(works, sku_id, 8)
    members = [new_id("mbr") for _ in range(6)]
    tickets = [taken(works, sale["sale_id"], member_id) for member_id in members]
    buyers = [partial(spend, works, ticket, who) for ticket, who in zip(tickets, members, strict=True)]
    others = [lambda: reserve(works, new_order(), (sku_id, 2)), lambda: taken(works, sale["sale_id"])]
    answers = race(partial(cancelled, works, sale["sale_id"]), *buyers, *others)
    sold = sum(isinstance(one, str) for one in answers[1:7])
    assert counted(works, sale["sale_id"]) == (8 - sold, 0, sold)
    assert level(engine, sku_id) == (10, sold + 2)


def test_sales_that_grow_and_shrink_while_they_are_bought_keep_their_books(works):
    sale = opened(works, stocked(works, 40), 10)
    buyers = [lambda: [persistently(partial(taken, works, sale["sale_id"])) for _ in range(6)]] * 3
    sizes = [lambda: [persistently(partial(changed, works, sale["sale_id"], quota=many)) for many in (30, 12, 25)]]
    race(*buyers, *sizes, partial(run_jobs, works))
    left, live, sold = counted(works, sale["sale_id"])
    assert (left + live, sold) == (25, 0)
