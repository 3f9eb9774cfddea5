"""After the sale of a thousand pieces: exact shares, and no more statements than of a few."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from services.catalog.contract import own_element
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.logistics import contract as logistics
from services.orders import contract
from services.points import contract as points
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import PAPER
from tests.integration.orders.kit import Shop, parcel_data

engine = database_of("orders")
FEW, MANY = 60, 1_000
POINTS, FEN = 20, 300  # a piece


@pytest.fixture
def shop(engine):
    shop = Desk(engine)
    yield shop
    assert shop.broken_invariants() == []


@contextmanager
def statements_of(shop) -> Iterator[list[str]]:
    """Without what a session plans when it needs it for the first time."""
    heard: list[str] = []

    def hear(_connection, _cursor, statement, *_):
        if not statement.startswith("PREPARE"):
            heard.append(statement)

    sa.event.listen(shop.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        sa.event.remove(shop.engine, "before_cursor_execute", hear)


def bought(shop, pieces):
    """Approved of, paid and settled."""
    order = shop.place((PAPER, pieces))
    Shop.approve(shop, order)
    shop.pay(order)
    shop.hear_points(points.HOLD_CAPTURED, order, pieces * POINTS)
    return order


def delivered(shop, pieces):
    order = bought(shop, pieces)
    came = parcel_data(order["order_id"][-8:], "delivered", [1], shop.clock.now())
    shop.hear(logistics.SHIPMENT_DELIVERED, order, **came, signed_by="王芳")
    return order


def worth(pieces):
    return {"points": pieces * POINTS, "cash": pieces * FEN}


def pieces_from(first, last):
    return 1, list(range(first, last + 1))


def refunded(shop, order, first, last):
    case = shop.approve(shop.open(order, "refund", pieces_from(first, last)))
    shop.run_jobs()
    return shop.look(case)


def test_a_part_goes_back_exactly_and_the_rest_of_it_too(shop):
    order = delivered(shop, MANY)
    case = refunded(shop, order, 1, 333)
    assert (case["status"], case["points"], case["cash_fen"]) == ("closed", 333 * POINTS, 333 * FEN)
    assert shop.back_of(order) == worth(333)
    with pytest.raises(Refused, match=contract.CASE_UNITS_TAKEN):
        shop.open(order, "return", pieces_from(333, 400))
    returned = shop.bring_back(order, "return", pieces_from(334, 1_000))
    shop.receive_goods(returned, *((1, unit_no) for unit_no in range(990, 1_001)))
    shop.run_jobs()
    assert shop.back_of(order) == worth(333 + 656)
    [told] = shop.told(returned, contract.GOODS_RECEIVED)
    assert told["elements"] == [{"element_id": own_element(PAPER), "quantity": 656}]
    assert refunded(shop, order, 990, 1_000)["status"] == "closed"
    assert shop.back_of(order) == worth(MANY)
    assert shop.status_of(order) == ("completed", "refunded", "delivered")


def test_what_is_called_off_after_some_went_back_gives_back_the_rest(shop):
    order = bought(shop, MANY)
    refunded(shop, order, 1, 10)
    assert shop.cancel(order)["status"] == "cancelled"
    shop.run_jobs()
    shop.hear_points(points.POINTS_REFUNDED, order, 990 * POINTS)
    assert (shop.back_of(order), shop.status_of(order)[:2]) == (worth(MANY), ("cancelled", "refunded"))
    [called_off] = [case for case in shop.cases(order_id=order["order_id"]) if case["kind"] == "cancel"]
    assert (called_off["points"], len(called_off["units"])) == (990 * POINTS, 990)


def refund(shop, order, pieces):
    refunded(shop, order, 1, pieces)


def bring_back(shop, order, pieces):
    shop.receive_goods(shop.bring_back(order, "return", pieces_from(1, pieces)), (1, pieces))
    shop.run_jobs()


def exchange(shop, order, pieces):
    shop.receive_goods(shop.bring_back(order, "exchange", pieces_from(1, pieces)))
    shop.run_jobs()


def call_off(shop, order, _):
    shop.cancel(order)
    shop.run_jobs()


@pytest.mark.parametrize("deed", [refund, bring_back, exchange, call_off])
def test_a_thousand_pieces_take_as_many_statements_as_a_few(shop, deed):
    taken = {}
    for pieces in (FEW, MANY):
        order = bought(shop, pieces) if deed is call_off else delivered(shop, pieces)
        with statements_of(shop) as heard:
            deed(shop, order, pieces)
        taken[pieces] = len(heard)
    assert 10 < taken[FEW] == taken[MANY]
