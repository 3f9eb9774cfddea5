"""Confirmed orders that are called off: a case about all that is left of them, which follows the order."""

import pytest

from services.chassis.bus.faults import RpcTimeout
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.logistics import contract as logistics
from services.orders import contract
from services.points import contract as points
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import GAME, PHONE, RICE

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Desk(engine)


def only_case_of(shop, order):
    [case] = shop.cases(order_id=order["order_id"])
    return case


def credits_of(shop, order):
    with shop.engine.connect() as connection:
        wanted = "SELECT kind, points, cash_fen FROM merchant_entry WHERE order_id = %s ORDER BY id"
        return [tuple(row) for row in connection.exec_driver_sql(wanted, (order["order_id"],))]


def test_a_cancelled_order_is_a_closed_case_about_all_of_it(shop):
    order = shop.sell((PHONE, 2), (GAME, 1))
    assert shop.cancel(order)["status"] == "cancelled"
    shop.run_jobs()
    shop.hear_points(points.POINTS_REFUNDED, order, 1200)
    shop.hear_points(points.POINTS_REFUNDED, order, 30, points.COINS)
    case = only_case_of(shop, order)
    assert (case["kind"], case["status"], case["reason"]) == ("cancel", "closed", "called_off")
    assert (case["note"], case["points"], case["coins"], case["cash_fen"]) == ("changed_my_mind", 1200, 30, 19800)
    assert all(unit["is_given_back"] for unit in case["units"])
    [told] = shop.told(case, contract.CASE_REFUNDED)
    assert (told["kind"], told["points"], told["coins"], told["cash_fen"]) == ("cancel", 1200, 30, 19800)
    assert told["lines"] == [{"line_no": 1, "units": [1, 2]}, {"line_no": 2, "units": [1]}]
    assert [one["outcome"] for one in shop.told(case, contract.CASE_CLOSED)] == ["refunded"]
    assert shop.back_of(order) == {"points": 1200, "coins": 30, "cash": 19800}
    assert credits_of(shop, order) == [("sale", 1200, 19800), ("refund", -1200, -19800)]
    assert shop.broken_invariants() == []


def test_while_logistics_is_silent_the_pieces_are_taken_and_cancelling_again_is_the_same_case(shop):
    order = shop.sell((RICE, 2))
    answer = shop.rpc.answers[logistics.STOP_DISPATCH]
    shop.rpc.answers[logistics.STOP_DISPATCH] = RpcTimeout("silent")
    assert shop.cancel(order)["status"] == shop.cancel(order)["status"] == "cancelling"
    assert only_case_of(shop, order)["status"] == "cancelling"
    assert shop.told(only_case_of(shop, order), contract.CASE_REFUNDED) == []
    for refused, code in (
        (lambda: shop.open(order, "refund", (1, [1])), contract.CASE_NOT_OFFERED),
        (lambda: shop.withdraw(only_case_of(shop, order)), contract.CASE_NOT_THERE),
        (lambda: shop.approve(only_case_of(shop, order)), contract.CASE_NOT_THERE),
    ):
        with pytest.raises(Refused, match=code):
            refused()
    assert shop.broken_invariants() == []
    shop.rpc.answers[logistics.STOP_DISPATCH] = answer
    shop.clock.advance(seconds=31)
    shop.run_jobs()
    assert (shop.status_of(order)[0], only_case_of(shop, order)["status"]) == ("cancelled", "closed")
    assert shop.broken_invariants() == []


def test_an_order_that_goes_on_rejects_its_case_and_its_pieces_are_free(shop):
    order = shop.sell((PHONE, 1))
    shop.rpc.answers[logistics.STOP_DISPATCH] = Refused(logistics.HANDED_OVER, "too late")
    with pytest.raises(Refused, match=contract.NOT_CANCELLABLE):
        shop.cancel(order)
    first = only_case_of(shop, order)
    assert (first["status"], first["decided_because"]) == ("rejected", "the order goes on: its goods are out")
    assert [one["outcome"] for one in shop.told(first, contract.CASE_CLOSED)] == ["rejected"]
    with pytest.raises(Refused, match=contract.CASE_NOT_THERE):
        shop.dispute(first)
    second = shop.approve(shop.open(order, "refund", (1, [1])))
    shop.run_jobs()
    assert (shop.look(second)["status"], shop.back_of(order)) == ("closed", {"points": 500, "cash": 9900})
    assert shop.broken_invariants() == []


def test_what_a_case_gave_back_before_is_not_in_the_cancellation(shop):
    order = shop.sell((PHONE, 3))
    shop.approve(shop.open(order, "refund", (1, [2])))
    shop.run_jobs()
    assert shop.cancel(order)["status"] == "cancelled"
    shop.run_jobs()
    shop.hear_points(points.POINTS_REFUNDED, order, 1000)
    cancellation = next(case for case in shop.cases(order_id=order["order_id"]) if case["kind"] == "cancel")
    [told] = shop.told(cancellation, contract.CASE_REFUNDED)
    assert (told["points"], told["cash_fen"], told["lines"]) == (1000, 19800, [{"line_no": 1, "units": [1, 3]}])
    assert shop.back_of(order) == {"points": 1500, "cash": 29700}
    assert shop.broken_invariants() == []


def test_an_unpaid_order_is_closed_and_no_case(shop):
    order = shop.place((PHONE, 1))
    shop.cancel(order)
    assert shop.cases(order_id=order["order_id"]) == []
