"""Paying against closing and cancelling, many times: each order ends in exactly one lawful way."""

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.orders import contract
from services.orders.usecases.close_unpaid import close_unpaid
from tests.integration.orders.goods import PHONE
from tests.integration.orders.kit import Shop

engine = database_of("orders")
ROUNDS = 12


@pytest.fixture
def shop(engine):
    return Shop(engine)


@pytest.fixture
def unpaid(shop):
    return shop.place((PHONE, 1))


def pay_if_open(shop, payment_id, after_the_mall_asked):
    """The buyer pays right away, or between the mall's question and its closing of the trade."""
    if after_the_mall_asked:
        shop.provider.asked.wait(0.5)
    form = shop.provider.pay(payment_id)
    return shop.notify(form) if form else "the provider had closed it"


@pytest.mark.parametrize("after_the_mall_asked", [False, True])
@pytest.mark.parametrize("rival", ["close", "cancel"])
def test_pay_against_close_or_cancel_ends_in_exactly_one_way(shop, rival, after_the_mall_asked):
    """The provider's own lock decides who was first, and our order ends as the provider has it."""
    for _ in range(ROUNDS):
        order = shop.place((PHONE, 1))
        payment_id = shop.start_payment(order)["payment_id"]
        shop.provider.asked.clear()
        if rival == "close":
            shop.clock.advance(minutes=16)
        results = race(
            lambda p=payment_id: pay_if_open(shop, p, after_the_mall_asked), lambda o=order: call_off(shop, rival, o)
        )
        assert [r for r in results if isinstance(r, Exception) and not is_lawful_refusal(r)] == []
        shop.clock.advance(seconds=61)
        shop.run_jobs()
        assert_ended_lawfully(shop, order, shop.provider.trades[payment_id].status)
    assert shop.broken_invariants() == []


def call_off(shop, rival, order):
    if rival == "cancel":
        shop.cancel(order)
    close_unpaid(shop.works)


def assert_ended_lawfully(shop, order, trade):
    status, payment_status, _ = shop.status_of(order)
    if status == "confirmed":
        assert (shop.ended(order), trade) == ([contract.ORDER_CONFIRMED.type], "paid")
    elif status == "closed":
        assert (shop.ended(order), trade, payment_status) == ([contract.ORDER_CLOSED.type], "closed", "none")
    else:
        assert (status, trade) == ("cancelled", "paid")
        assert shop.ended(order) == [contract.ORDER_CONFIRMED.type, contract.ORDER_CANCELLED.type]
        assert payment_status == "refunded"  # all that was captured: the points never were


def is_lawful_refusal(problem):
    return isinstance(problem, Refused) and problem.code == contract.NOT_CANCELLABLE


def test_pay_notice_and_closing_jobs_of_several_replicas(shop):
    for _ in range(ROUNDS):
        order = shop.place((PHONE, 1))
        form = shop.provider.pay(shop.start_payment(order)["payment_id"])
        shop.clock.advance(minutes=16)
        race(lambda f=form: shop.notify(f), *[lambda: close_unpaid(shop.works) for _ in range(3)])
        assert shop.status_of(order)[0] == "confirmed"
        assert shop.ended(order) == [contract.ORDER_CONFIRMED.type]
    assert shop.broken_invariants() == []
