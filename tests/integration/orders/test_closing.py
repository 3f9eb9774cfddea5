"""Closing: an order whose time is over, and what its provider says of it."""

from datetime import timedelta

import pytest

from services.chassis.testkit import database_of
from services.orders import contract
from services.points import contract as points
from tests.integration.orders.goods import PHONE
from tests.integration.orders.kit import Shop

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Shop(engine)


@pytest.fixture
def unpaid(shop):
    return shop.place((PHONE, 1))


def test_order_without_a_payment_closes_when_its_time_is_over(shop, unpaid):
    shop.clock.advance(minutes=14, seconds=59)
    assert not shop.drive()
    shop.clock.advance(seconds=1)
    assert shop.drive()
    assert shop.status_of(unpaid) == ("closed", "none", "none")
    [envelope] = shop.events_of(unpaid, contract.ORDER_CLOSED)
    assert envelope["data"]["reason"] == "payment_window_over"
    assert shop.hear_points(points.HOLD_RELEASED, unpaid, 500)
    assert shop.broken_invariants() == []


def test_open_trade_is_closed_at_the_provider_first(shop, unpaid):
    payment_id = shop.start_payment(unpaid)["payment_id"]
    shop.clock.advance(minutes=16)
    shop.run_jobs()
    assert shop.provider.trades[payment_id].status == "closed"
    assert shop.status_of(unpaid)[0] == "closed"


def test_closing_finds_a_payment_whose_notice_got_lost(shop, unpaid):
    form = shop.provider.pay(shop.start_payment(unpaid)["payment_id"])
    shop.clock.advance(minutes=16)
    shop.run_jobs()
    assert shop.status_of(unpaid)[0] == "confirmed"
    assert shop.ended(unpaid) == [contract.ORDER_CONFIRMED.type]
    assert shop.notify(form) == "duplicate"
    assert shop.row_of(unpaid).close_reason is None


def test_silent_provider_keeps_the_order_closing_until_it_answers(shop, unpaid):
    shop.start_payment(unpaid)
    shop.clock.advance(minutes=16)
    shop.provider.is_silent = True
    shop.run_jobs()
    assert shop.status_of(unpaid)[0] == "closing"
    assert not shop.drive()  # not before its next time

    shop.provider.is_silent = False
    shop.clock.advance(seconds=30)
    shop.run_jobs()
    assert shop.status_of(unpaid)[0] == "closed"


def test_worker_that_died_while_asking_is_replaced_after_its_lease(shop, unpaid, monkeypatch):
    payment_id = shop.start_payment(unpaid)["payment_id"]
    shop.clock.advance(minutes=16)

    def die(_):
        raise SystemExit("the process died here")

    with monkeypatch.context() as patched:
        patched.setattr(shop.provider, "find_trade", die)
        with pytest.raises(SystemExit):
            shop.drive()
    assert shop.status_of(unpaid)[0] == "closing"
    assert not shop.drive()
    shop.clock.advance(seconds=60)
    shop.run_jobs()
    assert (shop.status_of(unpaid)[0], shop.provider.trades[payment_id].status) == ("closed", "closed")


def test_payment_while_closing_wins(shop, unpaid):
    form = shop.provider.pay(shop.start_payment(unpaid)["payment_id"])
    shop.provider.is_silent = True
    shop.clock.advance(minutes=16)
    shop.run_jobs()
    assert shop.notify(form) == "applied"
    assert shop.status_of(unpaid)[0] == "confirmed"


def test_payments_due_show_in_the_audit_when_nobody_works(shop, unpaid):
    shop.clock.advance(hours=2)
    assert shop.row_of(unpaid).due_at < shop.clock.now() - timedelta(hours=1)
    assert {check["name"] for check in shop.broken_invariants()} == {"nothing_waits_forgotten"}
    shop.run_jobs()
    assert shop.broken_invariants() == []


def test_an_order_whose_closing_breaks_does_not_keep_the_others_open(shop, unpaid, monkeypatch):
    other = shop.place((PHONE, 1), request_id="another-order")
    broken = shop.start_payment(unpaid)["payment_id"]
    shop.start_payment(other)
    shop.clock.advance(minutes=16)
    find_trade = shop.provider.find_trade

    def find_or_break(payment):
        if payment.payment_id == broken:
            raise ValueError("an answer nobody thought of")
        return find_trade(payment)

    monkeypatch.setattr(shop.provider, "find_trade", find_or_break)

    assert shop.drive()

    assert (shop.status_of(unpaid)[0], shop.status_of(other)[0]) == ("closing", "closed")
