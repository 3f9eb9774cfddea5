"""Goods that came back from a member are in stock again, once for each case."""

import pytest

from services.catalog.contract import own_element
from services.catalog.usecases.take_back_goods import take_back_goods
from services.chassis.ids import new_id
from services.chassis.testkit import database_of, event_of, race, works_on
from services.orders.contract import GOODS_RECEIVED
from tests.integration.catalog.shop import (
    broken_invariants,
    commit,
    level,
    movements_of,
    new_order,
    reserve,
    stocked,
)

engine = database_of("catalog")


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


def came_back(works, order_id, sku_id, quantity, case_id=None):
    told = {"case_id": case_id or new_id("cas"), "order_id": order_id, "member_id": new_id("mbr")}
    elements = [{"element_id": own_element(sku_id), "quantity": quantity}]
    data = {**told, "merchant_id": new_id("mer"), "kind": "return", "place_id": None, "elements": elements}
    return works.apply(event_of(GOODS_RECEIVED, told["case_id"], data, handler="catalog.goods"), take_back_goods)


def sold(works, sku_id, quantity):
    order_id = new_order()
    reserve(works, order_id, (sku_id, quantity))
    commit(works, order_id)
    return order_id


def test_what_came_back_can_be_sold_again(engine, works):
    sku_id = stocked(works, 10)
    order_id = sold(works, sku_id, 3)
    assert came_back(works, order_id, sku_id, 2)
    assert level(engine, sku_id) == (9, 0)
    assert movements_of(engine, sku_id) == [("received", 10), ("committed", -3), ("returned", 2)]


def test_two_cases_at_once_are_both_counted(engine, works):
    sku_id = stocked(works, 10)
    order_id = sold(works, sku_id, 3)
    assert race(*[lambda: came_back(works, order_id, sku_id, 1)] * 3) == [True, True, True]
    assert level(engine, sku_id) == (10, 0)


def test_a_case_counts_once(engine, works):
    sku_id, case_id = stocked(works, 10), new_id("cas")
    order_id = sold(works, sku_id, 3)
    came_back(works, order_id, sku_id, 1, case_id)
    with pytest.raises(Exception, match="movement_once"):
        came_back(works, order_id, sku_id, 1, case_id)  # told under another id
    assert level(engine, sku_id) == (8, 0)
