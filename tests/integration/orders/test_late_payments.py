"""Money that comes when it is too late, and how it goes back."""

import pytest

from services.chassis.testkit import database_of, race
from services.orders import contract
from services.points import contract as points
from tests.integration.orders.goods import PHONE
from tests.integration.orders.kit import Shop

engine = database_of("orders")


@pytest.fixture(params=contract.PROVIDERS)
def shop(engine, request):
    return Shop(engine, pays_with=request.param)


@pytest.fixture
def unpaid(shop):
    return shop.place((PHONE, 1))


def late_payment(shop, order):
    """The provider never heard of the trade when it was asked, and the buyer paid after that."""
    payment = shop.start_payment(order)
    shop.provider.trades.clear()
    shop.clock.advance(minutes=16)
    shop.run_jobs()
    assert shop.status_of(order)[0] == "closed"
    shop.provider.open(payment["payment_id"], payment["amount_fen"])
    return shop.provider.pay(payment["payment_id"])


def test_late_payment_never_revives_and_goes_back(shop, unpaid):
    form = late_payment(shop, unpaid)
    assert shop.notify(form) == "applied"
    assert shop.status_of(unpaid)[:2] == ("closed", "partial")
    assert shop.broken_invariants() == []

    shop.run_jobs()
    assert shop.status_of(unpaid)[:2] == ("closed", "refunded")
    assert list(shop.provider.refunds.values()) == [9900]
    assert shop.ended(unpaid) == [contract.ORDER_CLOSED.type]
    assert len(shop.events_of(unpaid, contract.PAYMENT_REFUNDED)) == 1
    assert "payment.late" in shop.facts_of(unpaid)
    assert shop.notify(form) == "duplicate"
    assert not shop.settle_refunds()
    assert shop.broken_invariants() == []


def test_refund_whose_answer_got_lost_is_asked_after_not_repeated(shop, unpaid):
    shop.notify(late_payment(shop, unpaid))
    shop.provider.silence_after_acting = True
    shop.run_jobs()
    assert shop.status_of(unpaid)[1] == "partial"

    shop.clock.advance(seconds=30)
    shop.run_jobs()
    assert shop.status_of(unpaid)[1] == "refunded"
    assert shop.provider.refund_calls == 1


def test_refused_refund_is_seen_and_tried_again(shop, unpaid):
    shop.notify(late_payment(shop, unpaid))
    shop.provider.refuses_refunds = "ACQ.SELLER_BALANCE_NOT_ENOUGH"
    shop.run_jobs()
    assert [check["name"] for check in shop.broken_invariants()] == ["refunds_are_not_refused"]
    assert shop.facts_of(unpaid).count("payment.refund_failed") == 1

    shop.provider.refuses_refunds = None
    shop.clock.advance(hours=1)
    shop.run_jobs()
    assert shop.status_of(unpaid)[1] == "refunded"
    assert shop.broken_invariants() == []


def test_refund_jobs_of_two_replicas_refund_once(shop, unpaid):
    shop.notify(late_payment(shop, unpaid))
    race(*[shop.settle_refunds for _ in range(4)])
    assert shop.provider.refund_calls == 1
    assert len(shop.events_of(unpaid, contract.PAYMENT_REFUNDED)) == 1


def test_order_that_lost_its_points_is_not_confirmed_by_its_cash(shop, unpaid):
    form = shop.provider.pay(shop.start_payment(unpaid)["payment_id"])
    shop.hear_points(points.HOLD_RELEASED, unpaid, 500)
    assert shop.status_of(unpaid)[0] == "closing"
    assert shop.notify(form) == "applied"
    assert shop.status_of(unpaid)[0] == "closed"
    shop.run_jobs()
    assert shop.status_of(unpaid)[:2] == ("closed", "refunded")
    assert shop.broken_invariants() == []
