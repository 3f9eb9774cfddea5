"""The whole way of the money with programs that speak the providers' protocols, over real HTTP."""

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.orders import contract
from services.orders.usecases.start_payment import start_payment
from tests.integration.orders.goods import PHONE, TEA
from tests.integration.orders.sandboxes import wait_for

engine = database_of("orders")


def test_pay_notice_cancel_refund(shop):
    order, payment_id = shop.order_paid_there()
    [letter] = wait_for(lambda: shop.letters(payment_id))
    assert [shop.take(letter), shop.take(letter)] == ["applied", "duplicate"]
    assert shop.status_of(order)[0] == "confirmed"

    assert shop.cancel(order)["status"] == "cancelled"
    shop.run_jobs()
    assert len(shop.desk.trade(payment_id)["refunds"]) == 1
    for echo in shop.letters(payment_id)[1:]:  # of the refund
        assert shop.take(echo) == "ignored"
    assert shop.status_of(order)[:2] == ("cancelled", "refunded")
    assert shop.broken_invariants() == []


def test_every_order_of_a_purchase_gets_its_own_share_back(shop):
    """Two partial refunds of one payment, asked for one after the other."""
    purchase = shop.purchase((PHONE, 1), (TEA, 1))
    payment_id, button = shop.arrive(purchase)
    assert shop.desk.push(button).status_code == 302
    assert shop.come_back(payment_id) == "captured"
    for made, order in enumerate(purchase["orders"], start=1):
        assert shop.cancel(order)["status"] == "cancelled"
        shop.run_jobs()
        assert shop.status_of(order)[:2] == ("cancelled", "refunded")
        assert len(shop.desk.trade(payment_id)["refunds"]) == made
    assert shop.broken_invariants() == []


def test_attacks_of_a_false_provider(shop):
    order = shop.place((PHONE, 1))
    payment_id, _ = shop.arrive(order)
    for mode, code in (("wrong_amount", contract.AMOUNT_DIFFERS), ("wrong_sign", contract.NOTICE_NOT_GENUINE)):
        before = len(shop.letters(payment_id))
        shop.desk.notify(payment_id, mode)
        with pytest.raises(Refused, match=code):
            shop.take(wait_for(lambda before=before: shop.letters(payment_id)[before:])[0])
    assert shop.status_of(order)[0] == "awaiting_payment"


def test_a_notice_of_another_provider_is_not_genuine(shop):
    _, payment_id = shop.order_paid_there()
    letter = wait_for(lambda: shop.letters(payment_id))[0]
    for other in set(contract.PROVIDERS) - {shop.pays_with}:
        with pytest.raises(Refused, match=contract.NOTICE_NOT_GENUINE):
            shop.take({**letter, "provider": other})


def test_after_closing_nobody_can_pay_or_the_money_goes_back(shop):
    """UnionPay has no word for closing: there the buyer may still pay, and gets it back."""
    order = shop.place((PHONE, 1))
    payment_id, button = shop.arrive(order)
    shop.make_due(order)
    shop.run_jobs()
    assert shop.status_of(order)[0] == "closed"
    if shop.pays_with != "bank":
        assert shop.desk.push(button).status_code == 409
        return
    assert shop.desk.push(button).status_code == 302
    assert shop.take(wait_for(lambda: shop.letters(payment_id))[0]) == "applied"
    shop.run_jobs()
    assert (shop.status_of(order)[:2], len(shop.desk.trade(payment_id)["refunds"])) == (("closed", "refunded"), 1)


def test_closing_an_order_whose_cashier_was_never_opened(shop):
    order = shop.place((PHONE, 1))
    shop.start_payment(order)
    shop.make_due(order)
    shop.run_jobs()
    assert shop.status_of(order)[0] == "closed"


def test_closing_finds_the_payment_of_a_lost_notice(shop):
    order, _ = shop.order_paid_there()
    shop.make_due(order)
    shop.run_jobs()
    assert shop.status_of(order)[0] == "confirmed"


def test_refund_that_hangs_is_done_once(shop):
    order, payment_id = shop.order_paid_there()
    shop.take(wait_for(lambda: shop.letters(payment_id))[0])
    with shop.desk.fault(refund="hang"):
        shop.cancel(order)
        shop.run_jobs()
        assert shop.status_of(order)[1] == "partial"
    shop.make_due(order)
    shop.run_jobs()
    assert (shop.status_of(order)[1], len(shop.desk.trade(payment_id)["refunds"])) == ("refunded", 1)
    assert shop.broken_invariants() == []


def test_notices_again_late_and_out_of_order_count_once(shop):
    """The refund's notice comes first, then the payment's, twice; the order ends as if all had come in order."""
    with shop.desk.fault(notify="off"):
        order, payment_id = shop.order_paid_there()
        assert shop.come_back(payment_id) == "captured"  # the notice is still to come
        shop.cancel(order)
        shop.run_jobs()
        assert shop.status_of(order)[:2] == ("cancelled", "refunded")
    wait_for(lambda: shop.letters(payment_id))
    for mode in ("late", "again", "late"):
        before = len(shop.letters(payment_id))
        shop.desk.notify(payment_id, mode)
        wait_for(lambda before=before: len(shop.letters(payment_id)) > before)
    outcomes = [shop.take(letter) for letter in reversed(shop.letters(payment_id))]
    assert set(outcomes) <= {"duplicate", "ignored"}
    assert len(shop.desk.trade(payment_id)["refunds"]) == 1
    assert shop.ended(order) == [contract.ORDER_CONFIRMED.type, contract.ORDER_CANCELLED.type]
    assert shop.broken_invariants() == []


def test_the_returning_buyer_and_the_notice_meet(shop):
    order, payment_id = shop.order_paid_there()
    letter = wait_for(lambda: shop.letters(payment_id))[0]
    results = race(lambda: shop.take(letter), *[lambda: shop.come_back(payment_id)] * 3)
    assert results[0] in ("applied", "duplicate")
    assert results[1:] == ["captured"] * 3
    assert shop.ended(order) == [contract.ORDER_CONFIRMED.type]
    assert len(shop.events_of(order, contract.PAYMENT_CAPTURED)) == 1


def test_coming_back_without_having_paid_changes_nothing(shop):
    order = shop.place((PHONE, 1))
    payment_id, _ = shop.arrive(order)
    assert shop.come_back(payment_id) == "open"
    assert shop.status_of(order)[0] == "awaiting_payment"


@pytest.mark.parametrize("fault", ["hang", "error"])
def test_a_query_that_fails_loses_nothing(shop, fault):
    order, payment_id = shop.order_paid_there()
    with shop.desk.fault(query=fault):
        assert shop.come_back(payment_id) == "open"
        shop.make_due(order)
        shop.run_jobs()
        assert shop.status_of(order)[0] == "closing"
    shop.make_due(order)
    shop.run_jobs()
    assert shop.status_of(order)[0] == "confirmed"
    assert shop.broken_invariants() == []


def test_a_provider_that_hangs_slows_nobody_who_pays_elsewhere(shop):
    """More orders hang than the provider may have calls under way; the others' are closed and paid meanwhile."""
    stuck = [shop.place((PHONE, 1)) for _ in range(8)]
    for order in stuck:
        shop.arrive(order)
        shop.make_due(order)
    others = [shop.elsewhere(provider) for provider in contract.PROVIDERS if provider != shop.pays_with]
    with shop.desk.fault(query="hang"):
        results = race(*[shop.run_jobs] * 3, *[lambda other=other: ways_of_an_order(other) for other in others])
    assert results == [None] * 3 + [("confirmed", "closed")] * 2
    assert {shop.status_of(order)[0] for order in stuck} == {"closing"}


def ways_of_an_order(shop):
    """One is paid and one is not, while somebody else's provider hangs."""
    paid, payment_id = shop.order_paid_there()
    assert shop.come_back(payment_id) == "captured"
    unpaid = shop.place((PHONE, 1))
    shop.start_payment(unpaid)
    shop.make_due(unpaid)
    shop.run_jobs()
    return shop.status_of(paid)[0], shop.status_of(unpaid)[0]


def test_a_buyer_changes_the_provider(shop):
    """Where the first one can close its trade nobody can pay there any more; else it goes back."""
    order = shop.place((PHONE, 1))
    left_id, button = shop.arrive(order)
    other = shop.elsewhere(next(provider for provider in contract.PROVIDERS if provider != shop.pays_with))
    chosen = other.start_payment(order, provider=other.pays_with)
    assert chosen["provider"] == other.pays_with
    other.desk.push(other.desk.arrive(other.cashier(chosen["payment_id"])))
    assert other.come_back(chosen["payment_id"]) == "captured"

    assert shop.desk.push(button).status_code == (302 if shop.pays_with == "bank" else 409)
    if shop.pays_with == "bank":
        assert shop.come_back(left_id) == "captured"
        shop.run_jobs()
        assert len(shop.desk.trade(left_id)["refunds"]) == 1
    assert shop.status_of(order)[0] == "confirmed"
    assert other.desk.trade(chosen["payment_id"])["refunds"] == []
    assert shop.broken_invariants() == []


def test_a_provider_that_does_not_answer_cannot_be_left(shop):
    order = shop.place((PHONE, 1))
    shop.arrive(order)
    elsewhere = next(provider for provider in contract.PROVIDERS if provider != shop.pays_with)
    wanted = shop.start_request(order, provider=elsewhere)
    with shop.desk.fault(query="hang"), pytest.raises(Refused, match=contract.PROVIDER_SILENT):
        start_payment(shop.works, wanted)
    assert start_payment(shop.works, wanted)["provider"] == elsewhere  # the very same request, later
