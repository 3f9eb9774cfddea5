"""Payment providers that misbehave, over real HTTP: nothing is lost, and whoever pays elsewhere is served meanwhile.

What hangs has no time-out of ours here: while its caller waits, the others get to their ends, and only then is it let
go of. So nobody can have waited for it.
"""

import threading

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.orders import contract
from services.orders.settings import read_orders_settings
from services.orders.usecases.drive_orders import drive_orders
from services.orders.usecases.settle_refunds import settle_refunds
from tests.integration.orders.goods import PHONE
from tests.integration.orders.sandboxes import PROGRAMS, wait_for

engine = database_of("orders")
NEVER_S = "120"


@pytest.fixture
def patient(shop, monkeypatch):
    """The same shop, whose own calls to this provider never time out."""
    monkeypatch.setenv(f"MALL_{PROGRAMS[shop.pays_with].upper()}_TIMEOUT_S", NEVER_S)
    shop.settings = read_orders_settings()
    return shop


class Held:
    """Somebody who waits for the provider, in a thread of their own; ``asked`` says that the provider has heard it."""

    def __init__(self, act, asked):
        self.thread = threading.Thread(target=act)
        self.asked = asked

    def __enter__(self):
        self.thread.start()
        wait_for(self.asked)
        return self

    def __exit__(self, *problem):
        if not any(problem):
            assert self.thread.is_alive(), "it did not wait, so nothing was shown"


def serve_everybody_else(shop):
    """At each of the others one order is paid (its points come later), one is given back, one closes unpaid."""
    for provider in set(contract.PROVIDERS) - {shop.pays_with}:
        other = shop.elsewhere(provider)
        kept, payment_id = other.order_paid_there()
        assert other.come_back(payment_id) == "captured"
        given_back, payment_id = other.order_paid_there()
        assert other.take(wait_for(lambda o=other, p=payment_id: o.letters(p))[0]) == "applied"
        other.cancel(given_back)
        unpaid = other.place((PHONE, 1))
        other.arrive(unpaid)
        other.make_due(unpaid)
        other.run_jobs()
        ends = [other.status_of(order)[:2] for order in (kept, given_back, unpaid)]
        assert ends == [("confirmed", "partial"), ("cancelled", "refunded"), ("closed", "none")]


def test_a_refund_that_hangs(patient):
    shop = patient
    order, payment_id = shop.order_paid_there()
    shop.take(wait_for(lambda: shop.letters(payment_id))[0])
    shop.cancel(order)
    with shop.desk.fault(refund="hang"):
        held = Held(lambda: settle_refunds(shop.works, shop.pays_with), lambda: shop.desk.trade(payment_id)["refunds"])
        with held:
            serve_everybody_else(shop)
    held.thread.join()
    assert (shop.status_of(order)[:2], len(shop.desk.trade(payment_id)["refunds"])) == (("cancelled", "refunded"), 1)
    assert shop.broken_invariants() == []


def test_a_query_that_hangs(patient):
    """The closing job asks about an order that was paid without a word to us."""
    shop = patient
    order, payment_id = shop.order_paid_there()
    shop.make_due(order)
    with shop.desk.fault(query="hang"):
        held = Held(lambda: drive_orders(shop.works, shop.pays_with), lambda: shop.status_of(order)[0] == "closing")
        with held:
            serve_everybody_else(shop)
            assert shop.take(wait_for(lambda: shop.letters(payment_id))[0]) == "applied"  # its own is not lost either
    held.thread.join()
    assert shop.status_of(order)[:2] == ("confirmed", "partial")
    assert shop.ended(order) == [contract.ORDER_CONFIRMED.type]
    assert shop.broken_invariants() == []


def test_a_close_that_hangs(patient):
    """The trade is closed there and nobody says so."""
    shop = patient
    if shop.pays_with == "bank":
        pytest.skip("UnionPay has no word for closing")
    order = shop.place((PHONE, 1))
    payment_id, button = shop.arrive(order)
    shop.make_due(order)
    with shop.desk.fault(close="hang"):
        is_closed = lambda: shop.desk.trade(payment_id)["status"] == "closed"  # noqa: E731
        held = Held(lambda: drive_orders(shop.works, shop.pays_with), is_closed)
        with held:
            serve_everybody_else(shop)
            assert shop.desk.push(button).status_code == 409
    held.thread.join()
    shop.make_due(order)
    shop.run_jobs()
    assert shop.status_of(order)[:2] == ("closed", "none")
    assert shop.broken_invariants() == []


@pytest.mark.parametrize("switch", ["refund", "query", "close"])
def test_a_provider_that_answers_with_errors(shop, switch):
    """Its orders wait, are asked about again and get to the right end; everybody else's get there meanwhile."""
    if (shop.pays_with, switch) == ("bank", "close"):
        pytest.skip("UnionPay has no word for closing")
    given_back, payment_id = shop.order_paid_there()
    shop.take(wait_for(lambda: shop.letters(payment_id))[0])
    shop.cancel(given_back)
    unpaid = shop.place((PHONE, 1))
    shop.arrive(unpaid)
    shop.make_due(unpaid)
    with shop.desk.fault(**{switch: "error"}):
        shop.run_jobs()
        serve_everybody_else(shop)
        waits = given_back if switch == "refund" else unpaid
        assert shop.status_of(waits)[:2] == (("cancelled", "partial") if switch == "refund" else ("closing", "none"))
    for order in (given_back, unpaid):
        shop.make_due(order)
    shop.run_jobs()
    assert shop.status_of(given_back)[:2] == ("cancelled", "refunded")
    assert shop.status_of(unpaid)[:2] == ("closed", "none")
    assert len(shop.desk.trade(payment_id)["refunds"]) == 1
    assert shop.broken_invariants() == []


def test_attacks_and_repetitions_do_no_harm_and_hold_up_nobody(shop):
    """A false amount, a false signature, then the true notice three times; with each of them the order's row is held by
    somebody else, as by a slow worker, while other members' notices are taken."""
    order = shop.place((PHONE, 1))
    payment_id, button = shop.arrive(order)
    letters = []
    for mode in ("wrong_amount", "wrong_sign"):
        shop.desk.notify(payment_id, mode)
        letters.append(wait_for(lambda: shop.letters(payment_id)[len(letters) :])[0])
    assert shop.desk.push(button).status_code == 302
    letters += [wait_for(lambda: shop.letters(payment_id)[2:])[0]] * 3
    with shop.engine.begin() as slow:
        slow.exec_driver_sql("SELECT FROM orders WHERE order_id = %s FOR UPDATE", (order["order_id"],))
        outcomes = []
        workers = [threading.Thread(target=note_outcome, args=(outcomes, shop, letter)) for letter in letters]
        for worker in workers:
            worker.start()
        serve_everybody_else(shop)
        neighbour, paid = shop.order_paid_there()
        assert shop.take(wait_for(lambda: shop.letters(paid))[0]) == "applied"
        assert shop.status_of(neighbour)[0] == "confirmed"
        assert set(outcomes) <= {contract.NOTICE_NOT_GENUINE}  # all others wait for the row
    for worker in workers:
        worker.join()
    refused = [contract.NOTICE_NOT_GENUINE, contract.AMOUNT_DIFFERS]
    assert sorted(outcomes) == sorted(["applied", "duplicate", "duplicate", *refused])
    assert shop.status_of(order)[:2] == ("confirmed", "partial")
    assert shop.ended(order) == [contract.ORDER_CONFIRMED.type]
    assert shop.broken_invariants() == []


def note_outcome(outcomes, shop, letter):
    try:
        outcomes.append(shop.take(letter))
    except Refused as refused:
        outcomes.append(refused.code)


def test_a_notice_that_comes_after_everything_else(shop):
    """Notices are kept back: the order is paid, called off and refunded before anything is told of it."""
    other = shop.elsewhere(next(provider for provider in contract.PROVIDERS if provider != shop.pays_with))
    with shop.desk.fault(notify="off"):
        order, payment_id = shop.order_paid_there()
        assert shop.come_back(payment_id) == "captured"
        shop.cancel(order)
        shop.run_jobs()
        _, paid_there = other.order_paid_there()
        assert other.take(wait_for(lambda: other.letters(paid_there))[0]) == "applied"
    for letter in wait_for(lambda: shop.letters(payment_id)):
        assert shop.take(letter) in ("duplicate", "ignored")
    assert shop.status_of(order)[:2] == ("cancelled", "refunded")
    assert len(shop.desk.trade(payment_id)["refunds"]) == 1
    assert shop.broken_invariants() == []
