"""Reserving: all or nothing, once per order, never twice the same unit."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from services.catalog.contract import GOODS_UNKNOWN, RELEASED_BEFORE, STOCK_INSUFFICIENT, own_element
from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import (
    broken_invariants,
    level,
    new_order,
    place_of,
    receive,
    release,
    reserve,
    stocked,
)

engine = database_of("catalog")


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


def test_units_are_reserved_until_the_time_asked_for(engine):
    works = works_on(engine, clock=FixedClock(datetime(2027, 1, 1, tzinfo=UTC)))
    sku_id = stocked(works, 10)
    answer = reserve(works, order_id := new_order(), (sku_id, 3), expires_in_s=60)
    part = {"element_id": own_element(sku_id), "delivery": "parcel", "quantity": 1}
    [line] = answer["lines"]
    [reserved] = line["parts"]
    assert (answer["order_id"], answer["expires_at"]) == (order_id, "2027-01-01T00:01:00.000Z")
    assert line["sku_id"] == sku_id
    assert part.items() <= reserved.items()
    assert reserved["name_zh"].startswith("goods") and reserved["provisioner"] is None
    assert [(one["element_id"], one["quantity"]) for one in answer["sources"]] == [(own_element(sku_id), 3)]
    assert level(engine, sku_id) == (10, 3)


def test_two_lines_of_one_sku_are_one_wish(engine, works):
    sku_id = stocked(works, 5)
    with pytest.raises(Refused) as refusal:
        reserve(works, new_order(), (sku_id, 3), (sku_id, 3))
    short = {"sku_id": sku_id, "element_id": own_element(sku_id), "wanted": 6, "available": 5}
    assert refusal.value.details == {"shortages": [short]}
    reserve(works, new_order(), (sku_id, 3), (sku_id, 2))
    assert level(engine, sku_id) == (5, 5)


def test_one_short_line_reserves_nothing_and_every_shortage_is_named(engine, works):
    plenty, one, none = stocked(works, 10), stocked(works, 1), stocked(works, 0)
    with pytest.raises(Refused) as refusal:
        reserve(works, new_order(), (plenty, 1), (one, 2), (none, 1))
    assert refusal.value.code == STOCK_INSUFFICIENT
    shortages = {line["sku_id"]: (line["wanted"], line["available"]) for line in refusal.value.details["shortages"]}
    assert shortages == {one: (2, 1), none: (1, 0)}
    assert level(engine, plenty) == (10, 0)


def test_an_unknown_sku_is_named(works):
    unknown = new_id("sku")
    with pytest.raises(Refused) as refusal:
        reserve(works, new_order(), (stocked(works), 1), (unknown, 1))
    assert (refusal.value.code, refusal.value.details) == (GOODS_UNKNOWN, {"sku_ids": [unknown]})


def test_a_refused_order_may_ask_again_under_another_request_id(engine, works):
    sku_id, order_id = stocked(works, 2), new_order()
    with pytest.raises(Refused):
        reserve(works, order_id, (sku_id, 3))
    reserve(works, order_id, (sku_id, 2))
    assert level(engine, sku_id) == (2, 2)


def test_the_same_request_again_gets_the_same_answer(engine, works):
    sku_id, order_id, key = stocked(works), new_order(), new_id("req")
    assert reserve(works, order_id, (sku_id, 3), key=key) == reserve(works, order_id, (sku_id, 3), key=key)
    assert level(engine, sku_id) == (10, 3)


def test_the_same_order_under_another_request_id_keeps_its_reservation(engine, works):
    sku_id, order_id = stocked(works), new_order()
    first = reserve(works, order_id, (sku_id, 3))
    assert reserve(works, order_id, (sku_id, 1), (sku_id, 2)) == first
    assert level(engine, sku_id) == (10, 3)


def test_the_same_order_cannot_reserve_other_lines(engine, works):
    sku_id, order_id = stocked(works), new_order()
    reserve(works, order_id, (sku_id, 3))
    with pytest.raises(Refused) as refusal:
        reserve(works, order_id, (sku_id, 4))
    assert refusal.value.code == KEY_REUSED
    assert level(engine, sku_id) == (10, 3)


def test_a_given_up_order_cannot_reserve_again(engine, works):
    sku_id, order_id = stocked(works), new_order()
    reserve(works, order_id, (sku_id, 3))
    release(works, order_id)
    with pytest.raises(Refused) as refusal:
        reserve(works, order_id, (sku_id, 3))
    assert refusal.value.code == RELEASED_BEFORE
    assert level(engine, sku_id) == (10, 0)


def test_units_come_from_a_second_warehouse_when_the_first_runs_out(engine, works):
    sku_id, order_id = stocked(works, 2), new_order()
    receive(works, own_element(sku_id), 5, place_of(works))
    reserve(works, order_id, (sku_id, 6))
    with engine.connect() as connection:
        lines = connection.execute(
            sa.text("SELECT quantity FROM reservation_line WHERE order_id = :o ORDER BY quantity"), {"o": order_id}
        ).scalars()
        assert list(lines) == [2, 4]
