"""What shops were seen to get wrong and no other test holds; docs/reliability.md has the whole list."""

import itertools

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.logistics import contract as logistics
from services.orders import contract
from services.points import contract as points
from tests.integration.orders.goods import PHONE, RICE
from tests.integration.orders.kit import Shop, parcel_data
from tests.integration.orders.provider_with_memory import notice_form

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Shop(engine)


def cancelled_and_paid_back(shop):
    order = shop.place((PHONE, 1))
    form = shop.pay(order)
    shop.cancel(order)
    shop.run_jobs()
    assert shop.status_of(order)[:2] == ("cancelled", "refunded")
    return order, form


@pytest.mark.parametrize("status", ["paid", "closed", "waiting"])
def test_a_provider_that_tells_of_the_payment_again_after_its_refund_changes_nothing(shop, status):
    """helei112g/payment #67, #183: notices of a trade come again after a refund, under another id and status."""
    order, form = cancelled_and_paid_back(shop)
    told = form | {"notify_id": new_id("evt"), "status": status}
    assert [shop.notify(told), shop.notify(told)] == ["ignored" if status != "paid" else "duplicate", "duplicate"]
    shop.run_jobs()
    assert shop.status_of(order)[:2] == ("cancelled", "refunded")
    assert shop.provider.refund_calls == 1
    assert shop.broken_invariants() == []


def test_a_notice_about_an_order_that_is_long_on_its_way_is_taken(shop):
    """vendure PR #2657: a late but genuine notice was an error, so the provider told of it for ever."""
    order = shop.place((PHONE, 1))
    form = shop.pay(order)
    shop.hear_points(points.HOLD_CAPTURED, order, 500)
    for status in ("dispatched", "in_transit", "delivered"):
        event = logistics.SHIPMENT_DELIVERED if status == "delivered" else logistics.SHIPMENT_MOVED
        shop.hear(event, order, **parcel_data("late-notice", status, [1], shop.clock.now()))
        assert shop.notify(form | {"notify_id": new_id("evt")}) == "duplicate"
    shop.receive(order)
    assert shop.notify(form | {"notify_id": new_id("evt")}) == "duplicate"
    assert shop.status_of(order) == ("completed", "paid", "delivered")


def test_what_was_paid_in_points_comes_back_whenever_an_order_is_called_off(shop):
    """mall: the points of an order were never written down with it, so cancelling gave none back."""
    for captured_first in (True, False):
        order = shop.place((RICE, 1))
        if captured_first:
            shop.hear_points(points.HOLD_CAPTURED, order, 300)
        shop.cancel(order)
        [told] = shop.events_of(order, contract.ORDER_CANCELLED)
        assert told["data"]["points"] == 300
        shop.hear_points(points.POINTS_REFUNDED if captured_first else points.HOLD_RELEASED, order, 300)
        assert shop.status_of(order)[:2] == ("cancelled", "refunded" if captured_first else "none")
    assert shop.broken_invariants() == []


def test_an_order_that_was_closed_is_never_paid_however_the_notice_comes(shop):
    """litemall and youlai: a payment of an order that had closed by itself revived it, its stock being gone."""
    order = shop.place((PHONE, 1))
    payment_id = shop.start_payment(order)["payment_id"]
    shop.clock.advance(minutes=16)
    shop.run_jobs()
    assert shop.status_of(order)[0] == "closed"
    for number in range(3):
        shop.notify(notice_form(payment_id, 9900, notify_id=f"{payment_id}-{number}"))
    shop.run_jobs()
    assert shop.status_of(order)[:2] == ("closed", "refunded")
    assert shop.ended(order) == [contract.ORDER_CLOSED.type]
    assert shop.provider.refunds != {}
    assert shop.provider.refund_calls == 1


def test_amounts_that_look_alike_are_not(shop):
    """litemall compared amounts as texts and floats; mall compared none."""
    order = shop.place((PHONE, 1))
    payment_id = shop.start_payment(order)["payment_id"]
    for number, amount in enumerate((99, 990, 9899, 9901, 99000)):
        with pytest.raises(Refused, match=contract.AMOUNT_DIFFERS):
            shop.notify(notice_form(payment_id, amount, notify_id=f"{payment_id}-{number}"))
    assert shop.status_of(order) == ("awaiting_payment", "none", "none")


def test_statuses_are_stored_as_they_are_folded_after_every_refund(shop):
    """saleor #12757 #14278, medusa #13882 #14095: statuses set by hand went wrong after refunds, and derived ones
    could not be looked for."""
    for order_of_news in itertools.permutations(("cash", "points")):
        order = shop.place((PHONE, 1))
        shop.pay(order)
        shop.hear_points(points.HOLD_CAPTURED, order, 500)
        shop.cancel(order)
        seen = []
        for news in order_of_news:
            shop.run_jobs() if news == "cash" else shop.hear_points(points.POINTS_REFUNDED, order, 500)
            seen.append(shop.status_of(order)[1])
        assert seen == ["partially_refunded", "refunded"]
    assert shop.broken_invariants() == []
