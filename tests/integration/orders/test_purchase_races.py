"""Purchases of two orders, paid against called off, many times: each order ends in exactly one lawful way, and what
was paid for the dead ones goes back."""

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.orders import contract
from services.orders.usecases.place_order import place_purchase
from services.orders.usecases.settle_refunds import settle_refunds
from services.points import contract as points
from tests.integration.orders.goods import PHONE, TEA
from tests.integration.orders.kit import Shop
from tests.integration.orders.provider_with_memory import notice_form

engine = database_of("orders")
ROUNDS = 200
pytestmark = pytest.mark.timeout(900)  # on a machine that is busy with something else
CASH = 9900 + 2500


@pytest.fixture
def shop(engine):
    return Shop(engine)


def bought(shop):
    return shop.purchase((PHONE, 1), (TEA, 1))


def faults(results):
    lawful = (contract.NOT_CANCELLABLE, contract.NOT_PAYABLE)
    return [r for r in results if isinstance(r, Exception) and not (isinstance(r, Refused) and r.code in lawful)]


def pay_if_open(shop, payment_id):
    form = shop.provider.pay(payment_id)
    return shop.notify(form) if form else "the provider had closed it"


def back_of(shop, before):
    return sum(shop.provider.refunds.values()) - before


@pytest.mark.parametrize("rival", ["cancel", "close"])
def test_pay_against_cancel_or_close(shop, rival):
    """A trade that was paid confirms all orders that were not called off after that; one that was not closes all."""
    for _ in range(ROUNDS):
        purchase, before = bought(shop), sum(shop.provider.refunds.values())
        payment_id = shop.start_payment(purchase)["payment_id"]
        first, second = purchase["orders"]
        if rival == "close":
            shop.clock.advance(minutes=16)
            rivals = [shop.drive, shop.drive]
        else:
            rivals = [lambda o=first: shop.cancel(o), lambda o=second: shop.cancel(o)]
        assert faults(race(lambda p=payment_id: pay_if_open(shop, p), *rivals)) == []
        shop.clock.advance(seconds=61)
        shop.run_jobs()
        assert_ended_lawfully(shop, purchase, shop.provider.trades[payment_id].status, back_of(shop, before))
    assert shop.broken_invariants() == []


def assert_ended_lawfully(shop, purchase, trade, back_fen):
    ended = {order["order_id"]: shop.status_of(order)[0] for order in purchase["orders"]}
    if trade == "closed":
        assert (set(ended.values()), back_fen) == ({"closed"}, 0)
        return
    assert trade == "paid" and set(ended.values()) <= {"confirmed", "cancelled"}
    assert back_fen == sum(o["cash_fen"] for o in purchase["orders"] if ended[o["order_id"]] == "cancelled")


def test_refund_against_refund_of_two_orders_gives_each_share_back_once(shop):
    """Two taps on each cancellation, and the refund job in two replicas."""
    for _ in range(ROUNDS):
        purchase, before = bought(shop), sum(shop.provider.refunds.values())
        shop.pay(purchase)
        cancels = [lambda o=order: shop.cancel(o) for order in purchase["orders"] for _ in range(2)]
        assert faults(race(*cancels, *[shop.settle_refunds] * 2)) == []
        shop.run_jobs()
        assert back_of(shop, before) == CASH
        for order in purchase["orders"]:
            assert shop.status_of(order)[:2] == ("cancelled", "refunded")
            assert len(shop.events_of(order, contract.PAYMENT_REFUNDED)) == 1
    assert shop.broken_invariants() == []


def test_payments_at_two_providers_against_a_hold_that_runs_out(shop):
    """Money from two sides while an order loses its points: what cannot be sold and what came twice goes back."""
    for _ in range(ROUNDS // 2):
        purchase, before = bought(shop), sum(shop.provider.refunds.values())
        payments = [shop.start_payment(purchase), shop.start_payment(purchase, provider="bank")]
        notices = [(notice_form(one["payment_id"], CASH), one["provider"]) for one in payments]
        lost = purchase["orders"][0]
        results = race(
            *[lambda n=notice: shop.notify(*n) for notice in notices],
            lambda o=lost: shop.hear_points(points.HOLD_RELEASED, o, o["points"]),
        )
        assert results[:2] == ["applied", "applied"]
        for _ in range(2):
            shop.run_jobs()
            settle_refunds(shop.works, "bank")
        kept = [order for order in purchase["orders"] if shop.status_of(order)[0] == "confirmed"]
        assert purchase["orders"][1] in kept
        assert back_of(shop, before) == 2 * CASH - sum(order["cash_fen"] for order in kept)
    assert shop.broken_invariants() == []


def test_the_same_request_at_once_makes_one_purchase(shop):
    for _ in range(20):
        request = shop.request((PHONE, 1), (TEA, 1))
        answers = race(*[lambda r=request: place_purchase(shop.works, r) for _ in range(6)])
        assert all(answer == answers[0] for answer in answers), answers
        placed = [shop.events_of(order, contract.ORDER_PLACED) for order in answers[0]["orders"]]
        assert [len(told) for told in placed] == [1, 1]
    assert shop.broken_invariants() == []
