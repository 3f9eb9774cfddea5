"""Payments against whatever ends an order or pays it too, many times: each order ends in exactly one lawful way, and
each of these ways is seen."""

from functools import partial
from queue import SimpleQueue

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race, race_behind, race_in_turn
from services.chassis.testkit.races import PATIENCE_S
from services.orders import contract
from services.orders.usecases.settle_refunds import settle_refunds
from services.points import contract as points
from tests.integration.orders.goods import PHONE
from tests.integration.orders.kit import Shop
from tests.integration.orders.provider_with_memory import notice_form

engine = database_of("orders")
TRIES = 200
LOCK, CAPTURE, LEASE = "EXECUTE lock_", "UPDATE payment SET status", "UPDATE refund SET"
# When the buyer pays: as the mall calls the order off, before that, after it has asked the provider, or too late.
MOMENTS = ("at once", "noticed", "told", "closed")
CONFIRMED = (contract.ORDER_CONFIRMED.type,)
CLOSED = (contract.ORDER_CLOSED.type,)
CANCELLED = (contract.ORDER_CONFIRMED.type, contract.ORDER_CANCELLED.type)
pytestmark = pytest.mark.timeout(900)  # on a machine that is busy with something else


@pytest.fixture
def shop(engine):
    shop = Shop(engine)
    yield shop
    shop.run_jobs()
    assert shop.broken_invariants() == []


@pytest.mark.parametrize(
    ("rival", "ends"), [("close", {CONFIRMED, CLOSED}), ("cancel", {CONFIRMED, CLOSED, CANCELLED})]
)
def test_pay_against_close_or_cancel_ends_in_exactly_one_way(shop, rival, ends):
    """The provider's own lock decides who was first, and our order ends as the provider has it."""
    seen = set()
    for turn in range(TRIES):
        order = shop.place((PHONE, 1))
        payment_id = shop.start_payment(order)["payment_id"]
        if rival == "close":
            shop.clock.advance(minutes=16)
        results = pay_and_call_off(shop, order, payment_id, rival, MOMENTS[turn % len(MOMENTS)])
        assert [r for r in results if isinstance(r, Exception) and not is_lawful_refusal(r)] == []
        shop.clock.advance(seconds=61)
        shop.run_jobs()
        seen.add(lawful_end(shop, order, shop.provider.trades[payment_id].status))
    assert seen == ends


def pay_and_call_off(shop, order, payment_id, rival, moment):
    """What the provider has closed is paid no more: then there is no notice either."""
    calls_off, paid = partial(call_off, shop, rival, order), SimpleQueue()

    def pays():
        paid.put(shop.provider.pay(payment_id))

    def notifies(engine):
        form = paid.get(timeout=PATIENCE_S)
        return form and shop.on(engine).notify(form)

    if moment in ("told", "closed"):
        shop.provider.right_after[moment] = pays
    elif moment == "noticed":
        pays()
        return race_behind(shop.engine, LOCK, 0, notifies, calls_off)
    else:
        return race(lambda: pays() or notifies(shop.engine), partial(calls_off, shop.engine))
    return race(partial(notifies, shop.engine), partial(calls_off, shop.engine))


def call_off(shop, rival, order, engine):
    if rival == "cancel":
        shop.on(engine).cancel(order)
    shop.on(engine).drive()


def lawful_end(shop, order, trade):
    """The decisive events of the order."""
    (status, payment_status, _), ended = shop.status_of(order), tuple(shop.ended(order))
    lawful = {
        CONFIRMED: ("confirmed", "partial", "paid"),  # whose points come later
        CLOSED: ("closed", "none", "closed"),
        CANCELLED: ("cancelled", "refunded", "paid"),  # all that was captured: the points never were
    }
    assert (status, payment_status, trade) == lawful[ended]
    return ended


def is_lawful_refusal(problem):
    return isinstance(problem, Refused) and problem.code == contract.NOT_CANCELLABLE


def test_pay_notice_and_closing_jobs_of_several_replicas(shop):
    """Whoever is first confirms it: the notice, or a job that was told of the payment as it closed the order."""
    firsts = set()
    for turn in range(TRIES):
        order = shop.place((PHONE, 1))
        form = shop.provider.pay(shop.start_payment(order)["payment_id"])
        shop.clock.advance(minutes=16)
        drives = [lambda on: shop.on(on).drive()] * 3
        outcome, *_ = race_in_turn(shop.engine, turn, CAPTURE, lambda on, f=form: shop.on(on).notify(f), *drives)
        assert shop.status_of(order)[0] == "confirmed"
        assert tuple(shop.ended(order)) == CONFIRMED
        firsts.add(outcome)
    assert firsts == {"applied", "duplicate"}


def test_notice_against_query_captures_once(shop):
    """The notice twice, the buyer who is back, and the closing job's question."""
    firsts = set()
    for turn in range(TRIES):
        order = shop.place((PHONE, 1))
        payment_id = shop.start_payment(order)["payment_id"]
        form = shop.provider.pay(payment_id)
        shop.clock.advance(minutes=16)
        notices = [lambda on, f=form: shop.on(on).notify(f)] * 2
        asks = [lambda on, p=payment_id: shop.on(on).come_back(p), lambda on: shop.on(on).drive()]
        results = race_in_turn(shop.engine, turn, CAPTURE, *notices, *asks)
        assert sorted(results[:2]) in (["applied", "duplicate"], ["duplicate", "duplicate"])
        assert results[2] == "captured"
        assert tuple(shop.ended(order)) == CONFIRMED
        assert len(shop.events_of(order, contract.PAYMENT_CAPTURED)) == 1
        firsts.add("a notice" if "applied" in results[:2] else "a question")
    assert firsts == {"a notice", "a question"}


def test_payment_against_points_that_are_lost_gives_the_cash_back_either_way(shop):
    """What is confirmed first is cancelled, what has lost its points first is never confirmed."""
    seen = set()
    for turn in range(TRIES):
        order = shop.place((PHONE, 1))
        form = shop.provider.pay(shop.start_payment(order)["payment_id"])
        results = race_in_turn(
            shop.engine,
            turn,
            LOCK,
            lambda on, f=form: shop.on(on).notify(f),
            lambda on, o=order: shop.on(on).hear_points(points.HOLD_RELEASED, o, 500),
        )
        assert results == ["applied", True]
        shop.clock.advance(seconds=61)
        shop.run_jobs()
        ended = tuple(shop.ended(order))
        assert shop.status_of(order)[:2] == ({CLOSED: "closed", CANCELLED: "cancelled"}[ended], "refunded")
        assert shop.provider.refund_calls == turn + 1
        seen.add(ended)
    assert seen == {CLOSED, CANCELLED}


def test_refund_against_refund_gives_the_money_back_once(shop):
    """The refund job in two replicas: either of them makes it."""
    made_by = set()
    for turn in range(TRIES):
        order = shop.place((PHONE, 1))
        shop.pay(order)
        shop.cancel(order)
        made = race_in_turn(shop.engine, turn, LEASE, *[lambda on: shop.on(on).settle_refunds()] * 2)
        assert sorted(made) == [False, True]
        assert shop.status_of(order)[:2] == ("cancelled", "refunded")
        assert shop.provider.refund_calls == turn + 1
        assert len(shop.events_of(order, contract.PAYMENT_REFUNDED)) == 1
        made_by.add(made.index(True))
    assert made_by == {0, 1}


def test_payments_at_two_providers_at_once_confirm_once_and_one_goes_back(shop):
    went_back = set()
    for turn in range(TRIES):
        order = shop.place((PHONE, 1))
        payments = [shop.start_payment(order), shop.start_payment(order, provider="bank")]
        notices = [(notice_form(one["payment_id"], 9900), one["provider"]) for one in payments]
        deeds = [lambda on, notice=notice: shop.on(on).notify(*notice) for notice in notices]
        assert race_in_turn(shop.engine, turn, LOCK, *deeds) == ["applied", "applied"]
        went_back.add(tuple(settle_refunds(shop.works, provider) for provider in ("alipay", "bank")))
        assert shop.provider.refund_calls == turn + 1
        assert tuple(shop.ended(order)) == CONFIRMED
        assert len(shop.events_of(order, contract.PAYMENT_REFUNDED)) == 1
    assert went_back == {(True, False), (False, True)}
