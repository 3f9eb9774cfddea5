"""Flash sales: pieces are set aside, tickets taken and used, and what comes to nothing can be had again."""

from datetime import timedelta

import pytest

from services.catalog.contract import (
    FLASH_BACKDATED,
    FLASH_MEMBER_CAP,
    FLASH_NOT_OPEN,
    FLASH_OVER,
    FLASH_OVERLAPS,
    FLASH_QUOTA_TAKEN,
    FLASH_SOLD_OUT,
    FLASH_UNKNOWN,
    GOODS_UNKNOWN,
    PRICE_UNKNOWN,
    STOCK_INSUFFICIENT,
    TICKET_EXPIRED,
    TICKET_UNKNOWN,
    TICKET_USED,
    own_element,
)
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.take_ticket import list_flash_offers, list_tickets
from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED
from services.chassis.schemas import to_wire
from services.chassis.testkit import database_of
from services.orders.contract import ORDER_CLOSED
from tests.integration.catalog.in_a_flash import (
    cancelled,
    changed,
    counted,
    opened,
    run_jobs,
    sell,
    spend,
    taken,
)
from tests.integration.catalog.shop import (
    bring_in,
    bundle,
    element,
    ended,
    goods,
    level,
    level_of,
    new_order,
    place_of,
    price,
    quoted,
    receive,
    reserve,
    status_of,
    stocked,
)
from tests.integration.orders.kit import NOON
from tests.support.refusals import code_of, refusal_of

engine = database_of("catalog")
ANNA, BO = new_id("mbr"), new_id("mbr")


@pytest.fixture
def sku_id(works):
    return stocked(works, 10)


@pytest.fixture
def sale(works, sku_id):
    """Of the last two pieces that are set aside, one for each member."""
    return opened(works, sku_id, 2)


def test_what_a_sale_promises_nobody_else_can_buy(engine, works, sku_id):
    opened(works, sku_id, 4)
    assert level(engine, sku_id) == (10, 4)
    assert code_of(reserve, works, new_order(), (sku_id, 7)) == STOCK_INSUFFICIENT
    reserve(works, new_order(), (sku_id, 6))
    assert level(engine, sku_id) == (10, 10)


def test_a_sale_of_more_than_is_there_is_refused(engine, works, sku_id):
    assert code_of(opened, works, sku_id, 11) == STOCK_INSUFFICIENT
    assert level(engine, sku_id) == (10, 0)


def test_a_ticket_is_one_piece_at_the_price_of_the_sale(works, sale):
    ticket = taken(works, sale["sale_id"], ANNA)
    told = {name: ticket[name] for name in ("sku_id", "price_id", "points", "cash_fen", "coins", "state", "order_id")}
    own = {name: sale[name] for name in ("sku_id", "price_id", "points", "cash_fen", "coins")}
    assert told == {**own, "state": "live", "order_id": None}
    assert ticket["expires_at"] == to_wire(NOON + timedelta(minutes=5))
    assert counted(works, sale["sale_id"]) == (1, 1, 0)
    assert works.run(list_tickets, {"sale_id": sale["sale_id"], "member_id": ANNA})["tickets"][0]["state"] == "live"


def test_the_same_request_has_one_ticket(works, sale):
    first = taken(works, sale["sale_id"], ANNA, key="one")
    assert taken(works, sale["sale_id"], ANNA, key="one") == first
    assert counted(works, sale["sale_id"]) == (1, 1, 0)


def test_who_has_as_many_as_a_member_may_gets_no_more(works, sale):
    taken(works, sale["sale_id"], ANNA)
    assert code_of(taken, works, sale["sale_id"], ANNA) == FLASH_MEMBER_CAP
    assert counted(works, sale["sale_id"]) == (1, 1, 0)


def test_sold_out_is_said_when_every_piece_has_a_ticket(works, sale):
    for _ in range(2):
        taken(works, sale["sale_id"])
    assert code_of(taken, works, sale["sale_id"]) == FLASH_SOLD_OUT


def test_sold_out_is_no_answer_for_good(works, clock, sale):
    for _ in range(2):
        taken(works, sale["sale_id"])
    assert code_of(taken, works, sale["sale_id"], ANNA, key="again") == FLASH_SOLD_OUT
    clock.advance(minutes=5)
    run_jobs(works)
    assert taken(works, sale["sale_id"], ANNA, key="again")["state"] == "live"


def test_nothing_is_sold_before_it_starts_or_after_it_ends(works, clock, sku_id):
    starts_at, ends_at = (NOON + timedelta(minutes=m) for m in (10, 20))
    sale = opened(works, sku_id, 1, starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat())
    assert refusal_of(taken, works, sale["sale_id"]).details["starts_at"] == starts_at.isoformat()
    clock.advance(minutes=20)
    assert code_of(taken, works, sale["sale_id"]) == FLASH_NOT_OPEN
    assert code_of(taken, works, new_id("fls")) == FLASH_UNKNOWN


def test_sales_that_cannot_be_kept_are_refused(works, sku_id, sale):
    assert code_of(opened, works, sku_id, 1) == FLASH_OVERLAPS
    assert code_of(opened, works, stocked(works), 1, ends_at=NOON.isoformat()) == FLASH_BACKDATED
    assert code_of(opened, works, new_id("sku"), 1) == GOODS_UNKNOWN
    assert code_of(changed, works, new_id("fls"), quota=1) == FLASH_UNKNOWN


def test_an_order_uses_a_ticket_once_and_takes_what_was_set_aside(engine, works, sku_id, sale):
    ticket = taken(works, sale["sale_id"], ANNA)
    order_id = spend(works, ticket, ANNA)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((1, 0, 1), (10, 2))
    assert code_of(spend, works, ticket, ANNA) == TICKET_USED
    spend(works, ticket, ANNA, order_id)  # asked again for the same order
    sell(works, order_id, sku_id)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((1, 0, 1), (9, 1))


def test_an_order_has_its_piece_also_when_all_other_stock_is_sold(engine, works, sku_id, sale):
    ticket = taken(works, sale["sale_id"], ANNA)
    reserve(works, new_order(), (sku_id, 8))
    order_id = spend(works, ticket, ANNA)
    assert (status_of(engine, order_id), level(engine, sku_id)) == ("held", (10, 10))


def test_a_ticket_is_good_for_its_member_its_sku_and_its_time(works, clock, sku_id, sale):
    ticket = taken(works, sale["sale_id"], ANNA)
    other = {**ticket, "sku_id": stocked(works)}
    assert code_of(spend, works, ticket, BO) == TICKET_UNKNOWN
    assert code_of(spend, works, other, ANNA) == TICKET_UNKNOWN
    clock.advance(seconds=300)
    assert code_of(spend, works, ticket, ANNA) == TICKET_EXPIRED
    assert counted(works, sale["sale_id"]) == (1, 1, 0)


def test_another_order_of_the_same_lines_is_not_the_same_with_another_ticket(works, sku_id):
    sale = opened(works, sku_id, 2, per_member=2)
    first, second = taken(works, sale["sale_id"], ANNA), taken(works, sale["sale_id"], ANNA)
    order_id = spend(works, first, ANNA)
    assert code_of(spend, works, second, ANNA, order_id) == KEY_REUSED


def test_tickets_that_nobody_used_can_be_had_again(engine, works, clock, sku_id, sale):
    taken(works, sale["sale_id"], ANNA)
    clock.advance(seconds=300)
    for _ in range(2):
        run_jobs(works)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((2, 0, 0), (10, 2))
    taken(works, sale["sale_id"], ANNA)


def test_of_a_sale_that_is_over_the_rest_goes_back_to_the_stock(engine, works, clock, sku_id):
    sale = opened(works, sku_id, 4, ends_at=(NOON + timedelta(minutes=2)).isoformat())
    unused, used, late = (taken(works, sale["sale_id"], member) for member in (ANNA, BO, new_id("mbr")))
    order_id = spend(works, used, BO)
    clock.advance(minutes=2)
    run_jobs(works)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((1, 2, 1), (10, 3))
    works.apply(ended(order_id, ORDER_CLOSED), release_ended_order)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((2, 2, 0), (10, 2))
    clock.advance(minutes=3)
    run_jobs(works)
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((4, 0, 0), (10, 0))
    assert code_of(spend, works, unused, ANNA) == TICKET_EXPIRED
    assert late["expires_at"] == unused["expires_at"]


def test_a_sale_that_is_called_off_takes_back_unused_tickets(engine, works, sku_id):
    sale = opened(works, sku_id, 3)
    unused, used = taken(works, sale["sale_id"], ANNA), taken(works, sale["sale_id"], BO)
    order_id = spend(works, used, BO)
    assert cancelled(works, sale["sale_id"])["status"] == "cancelled"
    assert (counted(works, sale["sale_id"]), level(engine, sku_id)) == ((2, 0, 1), (10, 1))
    assert code_of(spend, works, unused, ANNA) == TICKET_EXPIRED
    assert code_of(changed, works, sale["sale_id"], quota=9) == FLASH_OVER
    sell(works, order_id, sku_id)
    assert level(engine, sku_id) == (9, 0)


def test_more_or_fewer_pieces_are_set_aside(engine, works, sku_id, sale):
    taken(works, sale["sale_id"], ANNA)
    grown = changed(works, sale["sale_id"], quota=5)
    assert ((grown["quota"], grown["left"]), level(engine, sku_id)) == ((5, 4), (10, 5))
    assert code_of(changed, works, sale["sale_id"], quota=11) == STOCK_INSUFFICIENT
    shrunk = changed(works, sale["sale_id"], quota=1)
    assert ((shrunk["quota"], shrunk["left"]), level(engine, sku_id)) == ((1, 0), (10, 1))
    taken_twice = changed(works, sale["sale_id"], quota=2)
    taken(works, sale["sale_id"], BO)
    assert refusal_of(changed, works, sale["sale_id"], quota=1).code == FLASH_QUOTA_TAKEN
    assert [one["quota"] for one in taken_twice["decisions"]] == [2, 5, 1, 2]


def test_a_piece_is_what_it_was_when_the_sale_was_set_up(engine, works):
    lamp, shade = element(stock=9), element(stock=9)
    one = bundle((lamp["element_id"], 2), (shade["element_id"], 1))
    offered = goods(skus=[one])
    bring_in(works, offered, elements=[lamp, shade])
    sale = opened(works, one["sku_id"], 3)
    leaner = {**one, "elements": [{"element_id": lamp["element_id"], "quantity": 1}]}
    bring_in(works, {**offered, "skus": [leaner]}, elements=[])
    order_id = spend(works, taken(works, sale["sale_id"], ANNA), ANNA)
    assert [level_of(engine, each["element_id"]) for each in (lamp, shade)] == [(9, 6), (9, 3)]
    works.apply(ended(order_id, ORDER_CLOSED), release_ended_order)
    assert [level_of(engine, each["element_id"]) for each in (lamp, shade)] == [(9, 6), (9, 3)]
    assert counted(works, sale["sale_id"]) == (3, 0, 0)


def test_a_quote_names_the_price_of_the_sale(works):
    usual = price(5_000)
    sku_id = stocked(works, 5, prices=[usual])
    sale = opened(works, sku_id, 1, points=700, cash_fen=90)
    ticket = taken(works, sale["sale_id"], ANNA)
    line = {"sku_id": sku_id, "quantity": 1, "price_id": sale["price_id"], "ticket_id": ticket["ticket_id"]}
    [told] = quoted(works, lines=[line], member_id=ANNA)["lines"]
    assert (told["points"], told["cash_fen"], told["ticket_id"]) == (700, 90, ticket["ticket_id"])
    assert [one["price_id"] for one in told["choices"]] == [sale["price_id"]]
    plain = {**line, "price_id": usual["price_id"]}
    assert code_of(quoted, works, lines=[plain], member_id=ANNA) == PRICE_UNKNOWN
    assert code_of(quoted, works, lines=[line], member_id=BO) == TICKET_UNKNOWN
    assert code_of(quoted, works, (sku_id, 1, sale["price_id"])) == PRICE_UNKNOWN
    spend(works, ticket, ANNA)
    assert quoted(works, lines=[line], member_id=ANNA)["points"] == 700  # the order that has it may ask again


def test_everybody_sees_what_runs_and_what_comes(works, clock, sku_id, sale):
    later = (NOON + timedelta(minutes=m) for m in (90, 120))
    coming = opened(
        works, sku_id, 3, **dict(zip(("starts_at", "ends_at"), (x.isoformat() for x in later), strict=True))
    )
    taken(works, sale["sale_id"])
    shown = works.run(list_flash_offers, {"limit": 100})
    of_sku = [(one["sale_id"], one["left"]) for one in shown["sales"] if one["sku_id"] == sku_id]
    assert (shown["now"], of_sku) == (NOON, [(sale["sale_id"], 1), (coming["sale_id"], 3)])
    clock.advance(hours=1)
    shown = works.run(list_flash_offers, {"limit": 100})
    assert [one["sale_id"] for one in shown["sales"] if one["sku_id"] == sku_id] == [coming["sale_id"]]


def test_units_go_back_to_the_places_that_they_came_from(engine, works):
    sku_id, south = stocked(works, 0), place_of(works)
    receive(works, own_element(sku_id), 3, south)
    sale = opened(works, sku_id, 3)
    order_id = spend(works, taken(works, sale["sale_id"], ANNA), ANNA)
    works.apply(ended(order_id, ORDER_CLOSED), release_ended_order)
    sold = spend(works, taken(works, sale["sale_id"], BO), BO)
    assert (counted(works, sale["sale_id"]), status_of(engine, sold)) == ((2, 0, 1), "held")
