"""A ticket of an order that came to an end: its member's again, anybody's again, or spent."""

from datetime import timedelta

import pytest

from services.catalog.contract import (
    FLASH_MEMBER_CAP,
    FLASH_SOLD_OUT,
    TICKET_EXPIRED,
)
from services.catalog.usecases.commit_confirmed_order import ConfirmedOrderUnserved
from services.catalog.usecases.hand_over import stop_hand_over
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.settle_expired_reservations import settle
from services.catalog.usecases.take_ticket import list_tickets
from services.chassis.ids import new_id
from services.chassis.testkit import database_of
from services.orders.contract import ORDER_CLOSED
from tests.integration.catalog.in_a_flash import (
    cancelled,
    counted,
    opened,
    run_jobs,
    sell,
    spend,
    taken,
)
from tests.integration.catalog.shop import (
    ended,
    level,
    release,
    stocked,
)
from tests.integration.orders.kit import NOON
from tests.support.refusals import code_of

engine = database_of("catalog")
ANNA, BO = new_id("mbr"), new_id("mbr")


@pytest.fixture
def sku_id(works):
    return stocked(works, 10)


@pytest.fixture
def sale(works, sku_id):
    """Of the last two pieces that are set aside, one for each member."""
    return opened(works, sku_id, 2)


@pytest.mark.parametrize(
    "come_to_nothing",
    [
        lambda works, order_id: works.apply(ended(order_id, ORDER_CLOSED), release_ended_order),
        lambda works, order_id: works.run(settle, {"order_id": order_id, "order_status": "unknown"}),
        lambda works, order_id: works.run(settle, {"order_id": order_id, "order_status": "closed"}),
    ],
)
def test_an_order_that_comes_to_nothing_gives_its_piece_back_once(engine, works, sku_id, sale, come_to_nothing):
    taken(works, sale["sale_id"], BO)
    order_id = spend(works, taken(works, sale["sale_id"], ANNA), ANNA)
    for _ in range(2):
        come_to_nothing(works, order_id)
    release(works, order_id)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((1, 1, 0), (10, 2))
    taken(works, sale["sale_id"], ANNA)
    assert counted(works, sale["sale_id"]) == (0, 2, 0)


def test_a_ticket_of_an_order_that_could_not_be_placed_is_good_again(engine, works, sku_id, sale):
    ticket, ticket_until = taken(works, sale["sale_id"], ANNA), NOON + timedelta(minutes=5)
    failed = spend(works, ticket, ANNA)
    for _ in range(2):
        release(works, failed)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((1, 1, 0), (10, 2))
    [told] = works.run(list_tickets, {"sale_id": sale["sale_id"], "member_id": ANNA})["tickets"]
    assert (told["state"], told["order_id"], told["expires_at"]) == ("live", None, ticket_until)
    order_id = spend(works, ticket, ANNA)
    release(works, failed)  # what is heard again gives nothing back that another order has
    sell(works, order_id, sku_id)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((1, 0, 1), (9, 1))


def test_a_ticket_of_an_order_that_could_not_be_placed_is_good_no_longer_than_before(
    engine, works, clock, sku_id, sale
):
    ticket = taken(works, sale["sale_id"], ANNA)
    first, second = spend(works, ticket, ANNA), spend(works, taken(works, sale["sale_id"], BO), BO)
    clock.advance(seconds=299)
    release(works, first)
    clock.advance(seconds=1)
    release(works, second)
    assert counted(works, sale["sale_id"]) == (1, 1, 0)
    run_jobs(works)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((2, 0, 0), (10, 2))
    assert code_of(spend, works, ticket, ANNA) == TICKET_EXPIRED


def test_a_ticket_of_an_order_that_could_not_be_placed_outlives_its_sale_and_not_its_recall(
    engine, works, clock, sku_id
):
    over = opened(works, sku_id, 1, ends_at=(NOON + timedelta(minutes=2)).isoformat())
    ticket = taken(works, over["sale_id"], ANNA)
    failed = spend(works, ticket, ANNA)
    clock.advance(minutes=2)
    run_jobs(works)
    release(works, failed)
    assert (counted(works, over["sale_id"]), level(engine, sku_id)) == ((0, 1, 0), (10, 1))
    recalled = opened(works, sku_id, 1)
    order_id = spend(works, taken(works, recalled["sale_id"], BO), BO)
    cancelled(works, recalled["sale_id"])
    release(works, order_id)
    assert (counted(works, recalled["sale_id"]), level(engine, sku_id)) == ((1, 0, 0), (10, 1))


@pytest.mark.parametrize(
    "come_to_nothing",
    [
        lambda works, order_id: works.apply(ended(order_id), release_ended_order),
        lambda works, order_id: works.run(settle, {"order_id": order_id, "order_status": "cancelled"}),
        lambda works, order_id: works.run(stop_hand_over, {"order_id": order_id, "reason": "test"}),
    ],
)
def test_a_confirmed_order_that_is_cancelled_keeps_its_ticket_spent_though_its_confirmation_comes_later(
    engine, works, sku_id, sale, come_to_nothing
):
    order_id = spend(works, taken(works, sale["sale_id"], ANNA), ANNA)
    come_to_nothing(works, order_id)
    sell(works, order_id, sku_id)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((1, 0, 1), (10, 1))
    assert code_of(taken, works, sale["sale_id"], ANNA) == FLASH_MEMBER_CAP


def test_a_confirmed_order_that_is_cancelled_keeps_its_ticket_spent(engine, works, sku_id, sale):
    order_id = spend(works, taken(works, sale["sale_id"], ANNA), ANNA)
    sell(works, order_id, sku_id)
    works.apply(ended(order_id), release_ended_order)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((1, 0, 1), (10, 1))
    assert code_of(taken, works, sale["sale_id"], ANNA) == FLASH_MEMBER_CAP


def test_a_confirmation_after_the_time_out_takes_the_piece_again(engine, works, sku_id, sale):
    order_id = spend(works, taken(works, sale["sale_id"], ANNA), ANNA)
    works.run(settle, {"order_id": order_id, "order_status": "unknown"})
    sell(works, order_id, sku_id)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((1, 0, 1), (9, 1))


def test_a_confirmation_after_the_time_out_takes_nothing_of_others(works, sku_id, sale):
    order_id = spend(works, taken(works, sale["sale_id"], ANNA), ANNA)
    works.run(settle, {"order_id": order_id, "order_status": "unknown"})
    for _ in range(2):
        taken(works, sale["sale_id"])
    with pytest.raises(ConfirmedOrderUnserved, match=FLASH_SOLD_OUT):
        sell(works, order_id, sku_id)


def test_a_confirmation_after_the_time_out_does_not_go_beyond_what_a_member_may_have(works, sku_id, sale):
    order_id = spend(works, taken(works, sale["sale_id"], ANNA), ANNA)
    works.run(settle, {"order_id": order_id, "order_status": "unknown"})
    taken(works, sale["sale_id"], ANNA)
    with pytest.raises(ConfirmedOrderUnserved, match=FLASH_MEMBER_CAP):
        sell(works, order_id, sku_id)
