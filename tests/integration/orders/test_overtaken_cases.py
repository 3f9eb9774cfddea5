"""A member wants money back, and before anybody decides the order is called off: all goes back once, and no case is
left open."""

from functools import partial

import pytest

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcTimeout
from services.chassis.refusal import Refused
from services.chassis.schemas import to_wire
from services.chassis.testkit import database_of, race
from services.orders import contract
from services.points import contract as points
from tests.integration.orders.after_sale import HALL, Desk
from tests.integration.orders.goods import PRESALES, RICE, TABLET

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    shop = Desk(engine)
    yield shop
    assert shop.broken_invariants() == []


def waiting_in_hall(shop, quantity):
    order = shop.place((RICE, quantity), delivery_address=None, pick_up_at=HALL)
    shop.hear_points(points.HOLD_CAPTURED, order, order["points"])
    hall = {"place_id": HALL, "name_zh": "天河营业厅", "name_en": "Tianhe hall"}
    shop.hear(catalog.PICK_UP_PREPARED, order, **hall, code="04291738", prepared_at=shop.clock.now())
    return order


def asked_on_the_last_day(shop, quantity=2):
    """Money back for the first piece, while all of them wait in the hall for one more day."""
    order = waiting_in_hall(shop, quantity)
    shop.clock.advance(days=6)
    shop.run_jobs()
    return order, shop.open(order, "refund", (1, [1]))


def not_fetched(shop):
    shop.clock.advance(days=1)
    shop.run_jobs()


def cancellations_of(shop, order):
    return [case for case in shop.cases(order_id=order["order_id"]) if case["kind"] == "cancel"]


def refused_with(code, act, *args, **more):
    with pytest.raises(Refused) as refusal:
        act(*args, **more)
    assert refusal.value.code == code


@pytest.mark.parametrize("quantity", [1, 2])
def test_what_was_asked_for_comes_with_the_order_once(shop, quantity):
    order, asked = asked_on_the_last_day(shop, quantity)
    not_fetched(shop)
    assert shop.status_of(order)[0] == "cancelled"
    seen = shop.look(asked)
    assert (seen["status"], seen["points"], seen["due_at"]) == ("withdrawn", 0, None)
    assert seen["decided_because"] == "the order was called off: what it was paid with goes back with it"
    assert [told["outcome"] for told in shop.told(asked, contract.CASE_CLOSED)] == ["withdrawn"]
    [cancellation] = cancellations_of(shop, order)
    assert (cancellation["status"], cancellation["points"]) == ("closed", order["points"])
    [told] = shop.told(cancellation, contract.CASE_REFUNDED)
    assert (told["points"], told["lines"]) == (order["points"], [{"line_no": 1, "units": list(range(1, quantity + 1))}])
    shop.hear_points(points.POINTS_REFUNDED, order, order["points"])
    assert (shop.back_of(order), shop.given) == ({"points": order["points"]}, {})


def test_nobody_approves_of_it_afterwards_or_disputes(shop):
    rejected = shop.reject(shop.open(order := waiting_in_hall(shop, 3), "refund", (1, [2])))
    disputed = shop.dispute(shop.reject(shop.open(order, "refund", (1, [3]))))
    shop.clock.advance(days=6)
    asked = shop.open(order, "refund", (1, [1]))
    not_fetched(shop)
    refused_with(contract.CASE_NOT_THERE, shop.approve, asked)
    refused_with(contract.CASE_NOT_OFFERED, shop.dispute, rejected)
    refused_with(contract.CASE_NOT_THERE, shop.decide_dispute, disputed, is_member_right=True)
    assert {shop.look(case)["status"] for case in (asked, disputed)} == {"withdrawn"}


def test_while_it_is_not_certain_that_the_order_ends_the_request_waits(shop):
    order, asked = asked_on_the_last_day(shop)
    stop = shop.rpc.answers[catalog.STOP_HAND_OVER]
    shop.rpc.answers[catalog.STOP_HAND_OVER] = RpcTimeout("silent")
    not_fetched(shop)
    shop.clock.advance(days=2)  # the time after which silence is consent is over as well
    shop.run_jobs()
    assert (shop.status_of(order)[0], shop.look(asked)["status"]) == ("cancelling", "requested")
    refused_with(contract.CASE_NOT_OFFERED, shop.approve, asked)
    shop.rpc.answers[catalog.STOP_HAND_OVER] = stop
    shop.clock.advance(minutes=5)
    shop.run_jobs()
    assert (shop.status_of(order)[0], shop.look(asked)["status"]) == ("cancelled", "withdrawn")


def test_of_an_order_that_goes_on_the_request_is_still_there(shop):
    order, asked = asked_on_the_last_day(shop)
    shop.rpc.answers[catalog.STOP_HAND_OVER] = RpcTimeout("silent")
    not_fetched(shop)
    told = {"collected_at": to_wire(shop.clock.now()), "counter": "stk_window"}
    shop.rpc.answers[catalog.STOP_HAND_OVER] = Refused(catalog.COLLECTED_BEFORE, "collected", **told)
    shop.clock.advance(minutes=5)
    shop.run_jobs()
    assert (shop.status_of(order)[0], shop.look(asked)["status"]) == ("completed", "requested")
    shop.approve(asked)
    shop.run_jobs()
    assert (shop.look(asked)["status"], shop.back_of(order)) == ("closed", {"points": 300})
    assert [case["status"] for case in cancellations_of(shop, order)] == ["rejected"]


def test_goods_that_never_come_call_the_order_off_whatever_was_asked_for(shop):
    order = shop.sell((TABLET, 2))
    asked = shop.open(order, "refund", (1, [2]))
    shop.rpc.answers[catalog.RELEASE_STOCK] = lambda request: {
        "order_id": request["order_id"],
        "units": 0,
        "is_committed": False,
    }
    presale = PRESALES[TABLET]["presale_id"]
    shop.hear(catalog.PRESALE_REVOKED, order, presale_id=presale, reason="the maker gave up")
    shop.run_jobs()
    shop.hear_points(points.POINTS_REFUNDED, order, 800)
    assert (shop.status_of(order)[:2], shop.look(asked)["status"]) == (("cancelled", "refunded"), "withdrawn")
    assert shop.back_of(order) == {"points": 800, "cash": 17600}


@pytest.mark.parametrize("turn", range(20))
def test_of_an_approval_and_the_end_of_the_order_at_once_each_piece_goes_back_once(shop, turn):
    order, asked = asked_on_the_last_day(shop)
    shop.clock.advance(days=1)
    rivals = [partial(shop.approve, asked), shop.drive_inside]
    results = race(*rivals[:: 1 if turn % 2 else -1])
    assert {one.code for one in results if isinstance(one, Refused)} <= {
        contract.CASE_NOT_OFFERED,
        contract.CASE_NOT_THERE,
    }
    shop.run_jobs()
    by_case = shop.look(asked)["points"]
    assert (shop.status_of(order)[0], by_case) in [("cancelled", 0), ("cancelled", 300)]
    assert sum(shop.given.values()) == by_case
    [told] = shop.told(cancellations_of(shop, order)[0], contract.CASE_REFUNDED)
    assert told["points"] == order["points"] - by_case
