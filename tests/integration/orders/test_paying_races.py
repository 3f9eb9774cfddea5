"""Paying against closing and cancelling, many times: each order ends in exactly one lawful way."""

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.orders import contract
from services.orders.usecases.settle_refunds import settle_refunds
from tests.integration.orders.goods import PHONE
from tests.integration.orders.kit import Shop
from tests.integration.orders.provider_with_memory import notice_form

engine = database_of("orders")
ROUNDS = 200
SOME_ROUNDS = 100  # of races that differ from one of the others in who tells only
pytestmark = pytest.mark.timeout(900)  # on a machine that is busy with something else


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
    for _ in range(ROUNDS // 2):  # and as many at the other moment
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
    shop.drive()


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
        race(lambda f=form: shop.notify(f), *[shop.drive for _ in range(3)])
        assert shop.status_of(order)[0] == "confirmed"
        assert shop.ended(order) == [contract.ORDER_CONFIRMED.type]
    shop.run_jobs()
    assert shop.broken_invariants() == []


def test_refund_against_refund_gives_the_money_back_once(shop):
    """Two taps on cancel, and the refund job in two replicas."""
    for made in range(ROUNDS):
        order = shop.place((PHONE, 1))
        shop.pay(order)
        race(*[lambda o=order: shop.cancel(o)] * 2, *[shop.settle_refunds] * 2)
        shop.run_jobs()
        assert shop.status_of(order)[:2] == ("cancelled", "refunded")
        assert shop.provider.refund_calls == made + 1
        assert len(shop.events_of(order, contract.PAYMENT_REFUNDED)) == 1
    assert shop.broken_invariants() == []


def test_notice_against_query_captures_once(shop):
    """The notice twice, the buyer who is back, and the closing job's question."""
    for _ in range(SOME_ROUNDS):
        order = shop.place((PHONE, 1))
        payment_id = shop.start_payment(order)["payment_id"]
        form = shop.provider.pay(payment_id)
        shop.clock.advance(minutes=16)
        notified = [lambda f=form: shop.notify(f)] * 2
        results = race(*notified, lambda p=payment_id: shop.come_back(p), shop.drive)
        assert set(results[:2]) <= {"applied", "duplicate"}
        assert results[2] == "captured"
        assert shop.ended(order) == [contract.ORDER_CONFIRMED.type]
        assert len(shop.events_of(order, contract.PAYMENT_CAPTURED)) == 1
    shop.run_jobs()
    assert shop.broken_invariants() == []


def test_payments_at_two_providers_at_once_confirm_once_and_one_goes_back(shop):
    for made in range(SOME_ROUNDS):
        order = shop.place((PHONE, 1))
        first = shop.start_payment(order)
        second = shop.start_payment(order, provider="bank")
        notices = [(notice_form(one["payment_id"], 9900), one["provider"]) for one in (first, second)]
        results = race(*[lambda notice=notice: shop.notify(*notice) for notice in notices])
        assert results == ["applied", "applied"]
        for provider in ("alipay", "bank"):
            settle_refunds(shop.works, provider)
        assert shop.provider.refund_calls == made + 1
        assert shop.ended(order) == [contract.ORDER_CONFIRMED.type]
        assert len(shop.events_of(order, contract.PAYMENT_REFUNDED)) == 1
    assert shop.broken_invariants() == []
