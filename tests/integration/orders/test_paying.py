"""Paying: one payment, notices in every shape, the closing job, refunds."""

from datetime import timedelta

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, race
from services.orders import contract
from services.orders.usecases.cancel_order import cancel_order
from services.orders.usecases.close_unpaid import close_unpaid
from services.orders.usecases.settle_refunds import settle_refunds
from services.orders.usecases.start_payment import start_payment
from services.points import contract as points
from tests.integration.orders.kit import PHONE, RICE, Shop, notice_form

engine = database_of("orders")
ROUNDS = 12


@pytest.fixture
def shop(engine):
    return Shop(engine)


@pytest.fixture
def unpaid(shop):
    return shop.place((PHONE, 1))


def events_of(shop, order, event):
    return [envelope for envelope in emitted(shop.engine, event) if envelope["subject"] == order["order_id"]]


def ended(shop, order):
    """Which of the three final events this order had."""
    ends = (contract.ORDER_CONFIRMED, contract.ORDER_CLOSED, contract.ORDER_CANCELLED)
    return [event.type for event in ends for _ in events_of(shop, order, event)]


def test_every_start_is_the_same_payment(shop, unpaid):
    first, second = shop.start_payment(unpaid), shop.start_payment(unpaid)
    assert first["payment_id"] == second["payment_id"]
    assert (first["amount_fen"], first["provider"]) == (9900, "alipay")
    assert first["payment_id"] in first["pay_url"]


def test_starts_at_once_make_one_payment(shop, unpaid):
    started = race(*[lambda: shop.start_payment(unpaid) for _ in range(6)])
    assert len({start["payment_id"] for start in started}) == 1


def test_only_an_order_that_waits_can_be_paid(shop, unpaid):
    confirmed = shop.place((RICE, 1))
    stranger = {"request_id": "r1", "member_id": new_id("mbr"), "order_id": unpaid["order_id"], "return_url": None}
    for order, code in ((confirmed, contract.NOT_PAYABLE), (unpaid, None)):
        if code:
            with pytest.raises(Refused, match=code):
                shop.start_payment(order)
    with pytest.raises(Refused, match=contract.ORDER_UNKNOWN):
        start_payment(shop.works, stranger)
    shop.clock.advance(minutes=15)
    with pytest.raises(Refused, match=contract.NOT_PAYABLE):
        shop.start_payment(unpaid)


def test_payment_confirms_and_is_told_once(shop, unpaid):
    form = shop.pay(unpaid)

    assert shop.status_of(unpaid) == ("confirmed", "partial", "none")  # the points are still to be captured
    assert shop.hear_points(points.HOLD_CAPTURED, unpaid, 500)
    assert shop.status_of(unpaid) == ("confirmed", "paid", "none")
    assert [shop.notify(form), shop.notify(form)] == ["duplicate", "duplicate"]
    assert shop.notify(form | {"notify_id": "another"}) == "duplicate"
    assert len(events_of(shop, unpaid, contract.PAYMENT_CAPTURED)) == 1
    assert len(events_of(shop, unpaid, contract.ORDER_CONFIRMED)) == 1
    assert shop.broken_invariants() == []


def test_same_notice_many_times_at_once(shop, unpaid):
    form = shop.provider.pay(shop.start_payment(unpaid)["payment_id"])
    outcomes = race(*[lambda: shop.notify(form) for _ in range(6)])
    assert sorted(outcomes) == ["applied"] + ["duplicate"] * 5
    assert len(events_of(shop, unpaid, contract.ORDER_CONFIRMED)) == 1


def test_false_notices_change_nothing(shop, unpaid):
    payment_id = shop.start_payment(unpaid)["payment_id"]
    genuine = notice_form(payment_id, 9900)
    with pytest.raises(Refused, match=contract.NOTICE_NOT_GENUINE):
        shop.notify(genuine | {"sign": "forged"})
    with pytest.raises(Refused, match=contract.PROVIDER_UNKNOWN):
        shop.notify(genuine, provider="paypal")
    with pytest.raises(Refused, match=contract.PAYMENT_UNKNOWN):
        shop.notify(notice_form(new_id("pay"), 9900))
    assert shop.status_of(unpaid) == ("awaiting_payment", "none", "none")


def test_wrong_amount_is_refused_every_time_and_on_record(shop, unpaid):
    payment_id = shop.start_payment(unpaid)["payment_id"]
    for _ in range(2):
        with pytest.raises(Refused, match=contract.AMOUNT_DIFFERS):
            shop.notify(notice_form(payment_id, 9901))
    assert shop.facts_of(unpaid).count("payment.amount_differs") == 1
    assert shop.status_of(unpaid)[0] == "awaiting_payment"
    assert shop.notify(notice_form(payment_id, 9900, notify_id="right")) == "applied"


@pytest.mark.parametrize("status", ["waiting", "closed"])
def test_genuine_notice_of_no_payment_is_ignored(shop, unpaid, status):
    payment_id = shop.start_payment(unpaid)["payment_id"]
    assert shop.notify(notice_form(payment_id, 9900, status)) == "ignored"
    assert shop.status_of(unpaid)[0] == "awaiting_payment"


def test_order_without_a_payment_closes_when_its_time_is_over(shop, unpaid):
    shop.clock.advance(minutes=14, seconds=59)
    assert not close_unpaid(shop.works)
    shop.clock.advance(seconds=1)
    assert close_unpaid(shop.works)
    assert shop.status_of(unpaid) == ("closed", "none", "none")
    [envelope] = events_of(shop, unpaid, contract.ORDER_CLOSED)
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
    assert ended(shop, unpaid) == [contract.ORDER_CONFIRMED.type]
    assert shop.notify(form) == "duplicate"
    assert shop.row_of(unpaid).close_reason is None


def test_silent_provider_keeps_the_order_closing_until_it_answers(shop, unpaid):
    shop.start_payment(unpaid)
    shop.clock.advance(minutes=16)
    shop.provider.is_silent = True
    shop.run_jobs()
    assert shop.status_of(unpaid)[0] == "closing"
    assert not close_unpaid(shop.works)  # not before its next time

    shop.provider.is_silent = False
    shop.clock.advance(seconds=30)
    shop.run_jobs()
    assert shop.status_of(unpaid)[0] == "closed"


def test_worker_that_died_while_asking_is_replaced_after_its_lease(shop, unpaid, monkeypatch):
    payment_id = shop.start_payment(unpaid)["payment_id"]
    shop.clock.advance(minutes=16)

    def die(_):
        raise SystemError("the process died here")

    with monkeypatch.context() as patched:
        patched.setattr(shop.provider, "find_trade", die)
        with pytest.raises(SystemError):
            close_unpaid(shop.works)
    assert shop.status_of(unpaid)[0] == "closing"
    assert not close_unpaid(shop.works)
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
    assert ended(shop, unpaid) == [contract.ORDER_CLOSED.type]
    assert len(events_of(shop, unpaid, contract.PAYMENT_REFUNDED)) == 1
    assert "payment.late" in shop.facts_of(unpaid)
    assert shop.notify(form) == "duplicate"
    assert not settle_refunds(shop.works)
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
    race(*[lambda: settle_refunds(shop.works) for _ in range(4)])
    assert shop.provider.refund_calls == 1
    assert len(events_of(shop, unpaid, contract.PAYMENT_REFUNDED)) == 1


def test_order_that_lost_its_points_is_not_confirmed_by_its_cash(shop, unpaid):
    form = shop.provider.pay(shop.start_payment(unpaid)["payment_id"])
    shop.hear_points(points.HOLD_RELEASED, unpaid, 500)
    assert shop.status_of(unpaid)[0] == "closing"
    assert shop.notify(form) == "applied"
    assert shop.status_of(unpaid)[0] == "closed"
    shop.run_jobs()
    assert shop.status_of(unpaid)[:2] == ("closed", "refunded")
    assert shop.broken_invariants() == []


def pay_if_open(shop, payment_id):
    form = shop.provider.pay(payment_id)
    return shop.notify(form) if form else "the provider had closed it"


@pytest.mark.parametrize("rival", ["close", "cancel"])
def test_pay_against_close_or_cancel_ends_in_exactly_one_way(shop, rival):
    """The provider's own lock decides who was first, and our order ends as the provider has it."""
    for _ in range(ROUNDS):
        order = shop.place((PHONE, 1))
        payment_id = shop.start_payment(order)["payment_id"]
        if rival == "close":
            shop.clock.advance(minutes=16)
        request = {"request_id": new_id("req"), **shop.of(order), "reason": "no"}
        rivals = {"close": lambda: close_unpaid(shop.works), "cancel": lambda r=request: cancel_order(shop.works, r)}
        results = race(lambda p=payment_id: pay_if_open(shop, p), rivals[rival])
        problems = [r for r in results if isinstance(r, Exception) and not is_lawful_refusal(r)]
        assert problems == []
        shop.clock.advance(seconds=61)
        shop.run_jobs()
        status, payment_status, _ = shop.status_of(order)
        assert len(ended(shop, order)) in (1, 2)
        if status == "confirmed":
            assert ended(shop, order) == [contract.ORDER_CONFIRMED.type]
            assert shop.provider.trades[payment_id].status == "paid"
        elif status == "closed":
            assert ended(shop, order) == [contract.ORDER_CLOSED.type]
            assert shop.provider.trades[payment_id].status == "closed" or payment_status == "refunded"
        else:
            assert status == "cancelled"
            assert ended(shop, order) == [contract.ORDER_CONFIRMED.type, contract.ORDER_CANCELLED.type]
            assert sum(shop.provider.refunds.values()) % 9900 == 0
        assert shop.broken_invariants() == []


def is_lawful_refusal(problem):
    return isinstance(problem, Refused) and problem.code == contract.NOT_CANCELLABLE


def test_pay_notice_and_closing_jobs_of_several_replicas(shop):
    for _ in range(ROUNDS):
        order = shop.place((PHONE, 1))
        form = shop.provider.pay(shop.start_payment(order)["payment_id"])
        shop.clock.advance(minutes=16)
        race(lambda f=form: shop.notify(f), *[lambda: close_unpaid(shop.works) for _ in range(3)])
        assert shop.status_of(order)[0] == "confirmed"
        assert ended(shop, order) == [contract.ORDER_CONFIRMED.type]
    assert shop.broken_invariants() == []


def test_payments_due_show_in_the_audit_when_nobody_works(shop, unpaid):
    shop.clock.advance(hours=2)
    assert shop.row_of(unpaid).due_at < shop.clock.now() - timedelta(hours=1)
    assert {check["name"] for check in shop.broken_invariants()} == {"nothing_waits_forgotten"}
    shop.run_jobs()
    assert shop.broken_invariants() == []
