"""Cancelling: possible until the goods are handed over, and finished whatever breaks in between."""

import pytest

from services.chassis.bus.faults import RpcTimeout
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.usecases.cancel_order import cancel_order
from services.points import contract as points
from tests.integration.orders.goods import PHONE, RICE, TOP_UP
from tests.integration.orders.kit import Shop, parcel_data

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Shop(engine)


def request_of(shop, order):
    return {"request_id": new_id("req"), **shop.of(order), "reason": "changed_my_mind"}


def test_unpaid_order_closes_at_once(shop):
    order = shop.place((PHONE, 1))
    assert shop.cancel(order)["status"] == "closed"
    [envelope] = shop.events_of(order, contract.ORDER_CLOSED)
    assert envelope["data"]["reason"] == "changed_my_mind"
    assert shop.rpc.requests_of(logistics.STOP_DISPATCH) == []


def test_order_that_is_just_being_paid_asks_the_provider_first(shop):
    order = shop.place((PHONE, 1))
    payment_id = shop.start_payment(order)["payment_id"]
    assert shop.cancel(order)["status"] == "closing"
    shop.run_jobs()
    assert shop.status_of(order)[0] == "closed"
    assert shop.provider.trades[payment_id].status == "closed"


def test_paid_order_is_cancelled_and_everything_goes_back(shop):
    order = shop.place((PHONE, 1))
    shop.pay(order)
    shop.hear_points(points.HOLD_CAPTURED, order, 500)

    assert shop.cancel(order)["status"] == "cancelled"
    assert len(shop.events_of(order, contract.ORDER_CANCELLED)) == 1
    shop.run_jobs()
    assert shop.status_of(order) == ("cancelled", "partially_refunded", "none")
    shop.hear_points(points.POINTS_REFUNDED, order, 500)
    assert shop.status_of(order) == ("cancelled", "refunded", "none")
    assert list(shop.provider.refunds.values()) == [9900]
    assert shop.broken_invariants() == []


@pytest.mark.parametrize("answer", [points.HOLD_RELEASED, points.POINTS_REFUNDED])
def test_points_not_yet_captured_come_back_by_release_or_refund(shop, answer):
    order = shop.place((RICE, 1))
    shop.cancel(order)
    if answer is points.POINTS_REFUNDED:  # the capture's event comes last
        shop.hear_points(points.POINTS_REFUNDED, order, 300)
        shop.hear_points(points.HOLD_CAPTURED, order, 300)
        assert shop.status_of(order)[:2] == ("cancelled", "refunded")
    else:
        shop.hear_points(points.HOLD_RELEASED, order, 300)
        assert shop.status_of(order)[:2] == ("cancelled", "none")
    assert shop.broken_invariants() == []


def test_handed_over_goods_bring_the_order_back(shop):
    shop.rpc.answers[logistics.STOP_DISPATCH] = Refused(logistics.HANDED_OVER, "too late")
    order, request = shop.place((RICE, 1)), None
    request = request_of(shop, order)
    for _ in range(2):
        with pytest.raises(Refused, match=contract.NOT_CANCELLABLE):
            cancel_order(shop.works, request)
    assert shop.status_of(order)[0] == "confirmed"
    assert shop.row_of(order).close_reason is None
    assert len(shop.rpc.requests_of(logistics.STOP_DISPATCH)) == 1  # the second time it was remembered
    assert shop.events_of(order, contract.ORDER_CANCELLED) == []
    assert shop.facts_of(order)[-2:] == ["order.cancelling", "order.not_cancelled"]


def test_silent_logistics_leaves_the_lock_and_the_job_finishes(shop):
    answer = shop.rpc.answers[logistics.STOP_DISPATCH]
    shop.rpc.answers[logistics.STOP_DISPATCH] = RpcTimeout("silent")
    order = shop.place((RICE, 1))
    request = request_of(shop, order)
    assert cancel_order(shop.works, request)["status"] == "cancelling"
    assert not shop.drive_inside()  # whoever began has some time

    shop.rpc.answers[logistics.STOP_DISPATCH] = answer
    shop.clock.advance(seconds=30)
    assert shop.drive_inside()
    assert shop.status_of(order)[0] == "cancelled"
    assert cancel_order(shop.works, request)["status"] == "cancelled"
    assert len(shop.events_of(order, contract.ORDER_CANCELLED)) == 1


def test_goods_that_are_there_before_the_order_comes_back_are_received_in_time_as_ever(shop):
    shop.rpc.answers[logistics.STOP_DISPATCH] = RpcTimeout("silent")
    order = shop.place((RICE, 1))
    shop.hear_points(points.HOLD_CAPTURED, order, 300)
    assert cancel_order(shop.works, request_of(shop, order))["status"] == "cancelling"
    shop.hear(
        logistics.SHIPMENT_DELIVERED,
        order,
        **parcel_data("early", "delivered", [1], shop.clock.now()),
        signed_by="王芳",
    )

    shop.rpc.answers[logistics.STOP_DISPATCH] = Refused(logistics.HANDED_OVER, "it is out")
    shop.clock.advance(seconds=30)
    shop.drive_inside()
    assert shop.status_of(order) == ("confirmed", "paid", "delivered")
    assert shop.broken_invariants() == []
    shop.clock.advance(days=7)
    shop.drive_inside()
    assert shop.status_of(order)[0] == "completed"


def test_crash_after_the_lock_is_taken_up_by_the_job(shop):
    order = shop.place((RICE, 1))

    def die(_):
        raise SystemExit("the process died here")

    answer = shop.rpc.answers[logistics.STOP_DISPATCH]
    shop.rpc.answers[logistics.STOP_DISPATCH] = die
    with pytest.raises(SystemExit):
        shop.cancel(order)
    shop.rpc.answers[logistics.STOP_DISPATCH] = answer
    shop.clock.advance(seconds=30)
    assert shop.drive_inside()
    assert shop.status_of(order)[0] == "cancelled"


def test_what_is_shipped_virtual_or_over_cannot_be_cancelled(shop):
    shipped, virtual = shop.place((RICE, 1)), shop.place((TOP_UP, 1))
    shop.hear(logistics.SHIPMENT_DISPATCHED, shipped, **parcel_data("1", "dispatched", [1]), estimated_delivery_on=None)
    for order in (shipped, virtual):
        with pytest.raises(Refused, match=contract.NOT_CANCELLABLE):
            shop.cancel(order)
    assert shop.rpc.requests_of(logistics.STOP_DISPATCH) == []
    with pytest.raises(Refused, match=contract.ORDER_UNKNOWN):
        shop.cancel(shipped, member_id=new_id("mbr"))


def test_cancelling_twice_at_once_cancels_once(shop):
    for _ in range(8):
        order = shop.place((RICE, 1))
        results = race(*[lambda o=order: shop.cancel(o) for _ in range(4)])
        assert {result["status"] for result in results} <= {"cancelling", "cancelled"}
        assert shop.status_of(order)[0] == "cancelled"
        assert len(shop.events_of(order, contract.ORDER_CANCELLED)) == 1
    assert shop.broken_invariants() == []


def test_confirmed_order_that_lost_its_points_is_called_off(shop):
    order = shop.place((RICE, 1))
    shop.hear_points(points.HOLD_RELEASED, order, 300)
    assert shop.status_of(order)[0] == "cancelling"
    shop.clock.advance(seconds=30)
    shop.drive_inside()
    assert shop.status_of(order)[0] == "cancelled"
    assert shop.broken_invariants() == []
