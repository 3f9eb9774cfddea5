"""Cases against cases, against cancelling and against completing, many times: each ends in exactly one lawful way."""

from functools import partial

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.orders import contract
from services.orders.domain.flows.steps import INSIDE
from services.orders.usecases.aftersale.drive_cases import drive_cases
from services.orders.usecases.aftersale.set_case_terms import MOST, set_case_terms
from services.orders.usecases.drive_orders import drive_due_order
from services.points import contract as points
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import PHONE, RICE

engine = database_of("orders")
ROUNDS = 200
SOME_ROUNDS = 100
pytestmark = pytest.mark.timeout(900)  # on a machine that is busy with something else

AS_IT_IS = dict.fromkeys((*MOST, "return_address", "merchant_id", "effective_from"))
LONG_WINDOW = {**AS_IT_IS, "return_days": 30, "reason": "longer than an order waits"}


@pytest.fixture
def shop(engine):
    return Desk(engine)


def split(results):
    """What was done, and what was refused; anything else is a fault."""
    refused = [result for result in results if isinstance(result, Refused)]
    done = [result for result in results if not isinstance(result, Exception)]
    assert len(refused) + len(done) == len(results), results
    return done, [refusal.code for refusal in refused]


def test_two_cases_about_one_piece_are_one(shop):
    for _ in range(ROUNDS):
        order = shop.deliver((RICE, 2))
        results = race(
            lambda o=order: shop.open(o, "refund", (1, [1])), lambda o=order: shop.open(o, "return", (1, [1, 2]))
        )
        done, refused = split(results)
        assert (len(done), refused) == (1, [contract.CASE_UNITS_TAKEN])
    assert shop.broken_invariants() == []


def test_one_piece_is_paid_back_once_however_many_approve_and_ask(shop):
    for _ in range(SOME_ROUNDS):
        order = shop.deliver((PHONE, 2))
        case = shop.open(order, "refund", (1, [1]))
        done, refused = split(race(*[lambda c=case: shop.approve(c)] * 2))
        assert (len(done), refused) == (1, [contract.CASE_NOT_THERE])
        split(race(*[lambda: drive_cases(shop.works)] * 2, shop.settle_refunds))
        shop.run_jobs()
        assert shop.back_of(order) == {"points": 500, "cash": 9900}
    assert shop.broken_invariants() == []


def test_a_case_is_withdrawn_or_approved(shop):
    for _ in range(ROUNDS):
        order = shop.deliver((RICE, 1))
        case = shop.open(order, "refund", (1, [1]))
        done, refused = split(race(lambda c=case: shop.approve(c), lambda c=case: shop.withdraw(c)))
        assert (len(done), refused) == (1, [contract.CASE_NOT_THERE])
        shop.run_jobs()
        ended = shop.look(case)["status"]
        assert shop.back_of(order) == ({"points": 300} if ended == "closed" else {})
    assert shop.broken_invariants() == []


def test_an_order_is_cancelled_or_has_a_case(shop):
    for _ in range(ROUNDS):
        order = shop.sell((RICE, 2))
        done, refused = split(race(lambda o=order: shop.cancel(o), lambda o=order: shop.open(o, "refund", (1, [1]))))
        assert len(done) == 1
        assert refused in ([contract.NOT_CANCELLABLE], [contract.CASE_NOT_OFFERED])
        is_cancelled = shop.status_of(order)[0] == "cancelled"
        assert is_cancelled == (refused == [contract.CASE_NOT_OFFERED])
        if is_cancelled:
            shop.hear_points(points.POINTS_REFUNDED, order, 600)
    assert shop.broken_invariants() == []


@pytest.mark.parametrize("by_time", [True, False])
def test_an_order_completes_before_its_case_or_after_it(shop, by_time):
    shop.clock.advance(seconds=1 + by_time)
    shop.works.run(set_case_terms, LONG_WINDOW)
    for _ in range(SOME_ROUNDS):
        order = shop.deliver((RICE, 2))
        shop.clock.advance(days=7)
        by_job = partial(drive_due_order, shop.works, order["order_id"], INSIDE)
        complete = by_job if by_time else partial(shop.receive, order)
        _, refused = split(race(complete, partial(shop.open, order, "refund", (1, [1]))))
        assert len(shop.cases(order_id=order["order_id"])) == 1
        assert (shop.status_of(order)[0], refused) in (
            ("completed", []),
            ("confirmed", [] if by_time else [contract.CASE_OPEN]),
        )
    shop.clock.advance(days=3)
    shop.run_jobs()
    assert shop.status_of(order)[:2] == ("completed", "partially_refunded")
    assert shop.broken_invariants() == []


def test_goods_are_received_once_and_go_into_stock_once(shop):
    for _ in range(SOME_ROUNDS):
        order = shop.deliver((RICE, 2))
        case = shop.bring_back(order, "return", (1, [1, 2]))
        done, refused = split(race(lambda c=case: shop.receive_goods(c), lambda c=case: shop.receive_goods(c, (1, 1))))
        assert (len(done), refused) == (1, [contract.CASE_NOT_THERE])
        assert len(shop.told(case, contract.GOODS_RECEIVED)) == 1
        shop.run_jobs()
        accepted = [unit for unit in shop.look(case)["units"] if unit["verdict"] == "accepted"]
        assert shop.back_of(order) == {"points": 300 * len(accepted)}
    assert shop.broken_invariants() == []


def test_an_exchange_is_sent_once(shop):
    for _ in range(SOME_ROUNDS):
        order = shop.deliver((RICE, 1))
        case = shop.bring_back(order, "exchange", (1, [1]))
        shop.receive_goods(case)
        split(race(*[lambda: drive_cases(shop.works)] * 2))
        shop.clock.advance(seconds=31)
        shop.run_jobs()
        replacement = {"order_id": shop.look(case)["replaced_by"]}
        assert len(shop.events_of(replacement, contract.ORDER_CONFIRMED)) == 1
        assert shop.back_of(order) == {}
    assert shop.broken_invariants() == []
