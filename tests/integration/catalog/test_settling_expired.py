"""The sweep of expired reservations asks the order first."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.catalog.contract import own_element
from services.catalog.storage.tables import reservation
from services.catalog.usecases.settle_expired_reservations import settle_expired_reservations
from services.chassis.bus.faults import RpcTimeout
from services.chassis.clock import FixedClock
from services.chassis.testkit import ScriptedRpc, database_of, works_on
from services.orders.contract import CHECK_ORDER
from tests.integration.catalog.shop import broken_invariants, level, new_order, release, reserve, status_of, stocked

engine = database_of("catalog")
WITHOUT_GUARDS = sa.text("SET LOCAL session_replication_role = replica")
_ANOTHER_CODE = sa.text("INSERT INTO code (code, element_id) VALUES (:c, :e)")
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def orders():
    """What orders says of an order id: a status, or a fault."""
    return {}


@pytest.fixture
def works(engine, orders):
    def answer(request):
        said = orders.get(request["order_id"], "awaiting_payment")
        return said if isinstance(said, Exception) else {"order_id": request["order_id"], "status": said}

    works = works_on(engine, clock=FixedClock(NOON), rpc=ScriptedRpc({CHECK_ORDER: answer}))
    yield works
    assert broken_invariants(works) == []


def expires_at(engine, order_id):
    with engine.connect() as connection:
        statement = sa.select(reservation.c.expires_at).where(reservation.c.order_id == order_id)
        return connection.execute(statement).scalar_one()


def swept(works, orders, status, kind="physical"):
    """One reservation of 2 of 5 units whose time is over, after a sweep in which orders says ``status``."""
    sku_id, order_id = stocked(works, 5, kind=kind), new_order()
    orders[order_id] = status
    reserve(works, order_id, (sku_id, 2), expires_in_s=60)
    works.clock.advance(seconds=61)
    settle_expired_reservations(works)
    return sku_id, order_id


@pytest.mark.parametrize("status", ["confirmed", "completed"])
def test_a_sold_order_is_committed(engine, works, orders, status):
    sku_id, order_id = swept(works, orders, status)
    assert (status_of(engine, order_id), level(engine, sku_id)) == ("committed", (3, 0))


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_an_ended_order_is_released_for_good(engine, works, orders, status):
    sku_id, order_id = swept(works, orders, status)
    assert (status_of(engine, order_id), level(engine, sku_id)) == ("released", (5, 0))


def test_an_order_that_never_came_expires(engine, works, orders):
    sku_id, order_id = swept(works, orders, "unknown")
    assert (status_of(engine, order_id), level(engine, sku_id)) == ("expired", (5, 0))


@pytest.mark.parametrize("status", ["awaiting_payment", "closing", "cancelling"])
def test_an_undecided_order_keeps_its_units_for_as_long_as_the_policy_says(engine, works, orders, status):
    sku_id, order_id = swept(works, orders, status)
    assert (status_of(engine, order_id), level(engine, sku_id)) == ("held", (5, 2))
    assert expires_at(engine, order_id) == works.clock.now() + timedelta(seconds=300)


def test_operators_change_the_extension_by_a_row(engine, works, orders):
    with engine.begin() as connection:
        row = {"at": works.clock.now(), "s": 900}
        connection.execute(sa.text("INSERT INTO reservation_policy VALUES (:at, :s, 50, 'ops:li')"), row)
    _, order_id = swept(works, orders, "awaiting_payment")
    assert expires_at(engine, order_id) == works.clock.now() + timedelta(seconds=900)
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM reservation_policy WHERE actor = 'ops:li'"))


def test_while_orders_is_silent_nothing_is_given_up_and_others_are_settled(engine, works, orders):
    other_sku, other = stocked(works, 5), new_order()
    reserve(works, other, (other_sku, 1), expires_in_s=60)
    orders[other] = "closed"
    sku_id, order_id = swept(works, orders, RpcTimeout("no answer"))
    assert (status_of(engine, order_id), level(engine, sku_id)) == ("held", (5, 2))
    assert status_of(engine, other) == "released"
    orders[order_id] = "closed"
    settle_expired_reservations(works)
    assert status_of(engine, order_id) == "released"


def test_a_reservation_in_time_is_not_asked_about(engine, works, orders):
    order_id = new_order()
    reserve(works, order_id, (stocked(works, 5), 1), expires_in_s=3600)
    settle_expired_reservations(works)
    assert {"order_id": order_id} not in works.rpc.requests_of(CHECK_ORDER)


def test_a_reservation_settled_while_orders_was_asked_is_left_alone(engine, works, orders):
    sku_id, order_id = stocked(works, 5), new_order()
    reserve(works, order_id, (sku_id, 2), expires_in_s=60)
    works.clock.advance(seconds=61)
    ask = works.rpc.answers[CHECK_ORDER]

    def released_meanwhile(request):
        if request["order_id"] == order_id:
            release(works, order_id)
        return ask(request)

    orders[order_id] = "confirmed"
    works.rpc.answers[CHECK_ORDER] = released_meanwhile
    settle_expired_reservations(works)
    assert (status_of(engine, order_id), level(engine, sku_id)) == ("released", (5, 0))


def test_a_reservation_that_cannot_be_settled_does_not_keep_the_others(engine, works, orders):
    broken_sku, broken = stocked(works, 2, kind="virtual"), new_order()
    orders[broken] = "confirmed"
    reserve(works, broken, (broken_sku, 2), expires_in_s=30)
    vouchers = own_element(broken_sku)
    with engine.begin() as connection:  # its codes are gone: a commit would be short
        connection.execute(WITHOUT_GUARDS)
        gone = connection.execute(sa.text("DELETE FROM code WHERE element_id = :e RETURNING code"), {"e": vouchers})
        hidden = gone.scalars().all()
    _, order_id = swept(works, orders, "closed")
    assert (status_of(engine, broken), status_of(engine, order_id)) == ("held", "released")
    with engine.begin() as connection:
        connection.execute(WITHOUT_GUARDS)
        for one in hidden:
            connection.execute(_ANOTHER_CODE, {"c": one, "e": vouchers})
