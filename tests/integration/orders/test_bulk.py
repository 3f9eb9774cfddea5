"""Bulk orders: nothing is paid or confirmed before somebody approves of it; a refusal gives everything back."""

from dataclasses import replace
from functools import partial

import pytest

from services.catalog import contract as catalog
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.orders import contract
from services.orders.usecases.find_orders import find_orders
from services.orders.usecases.place_order import place_order
from services.orders.usecases.unstick_order import replay_order, unstick_order
from services.points import contract as points
from tests.integration.orders.goods import CUP, PAPER, RICE, TEA
from tests.integration.orders.kit import Shop
from tests.support.old_databases import database_from

engine = database_of("orders")
DAY_S = 86_400
TURNS = 100


@pytest.fixture
def shop(engine):
    shop = Shop(engine)
    yield shop
    assert shop.broken_invariants() == []


def refused_with(code, act, *args, **more):
    with pytest.raises(Refused) as refusal:
        act(*args, **more)
    assert refusal.value.code == code
    return refusal.value


def shown(order):
    return contract.PLACE_ORDER.dump_reply(order)


def test_a_bulk_order_waits_to_be_approved_with_everything_held(shop):
    order = shop.place((PAPER, 200))
    assert shop.status_of(order) == ("awaiting_payment", "none", "none")
    told = shown(order)
    assert (told["variant"], told["awaits"], told["pay_by"]) == ("bulk", "approval", None)
    assert told["approve_by"] == "2026-03-03T04:00:00.000Z"
    [goods] = shop.rpc.requests_of(catalog.RESERVE_STOCK)
    [held] = shop.rpc.requests_of(points.HOLD_POINTS)
    assert goods["expires_in_s"] == held["expires_in_s"] == DAY_S + 900 + 300
    [placed] = shop.events_of(order, contract.ORDER_PLACED)
    assert (placed["data"]["pay_by"], placed["data"]["approve_by"]) == (None, "2026-03-03T04:00:00.000Z")


def test_it_is_paid_after_it_is_approved_and_not_before(shop):
    order = shop.place((PAPER, 200))
    refused_with(contract.NOT_APPROVED, shop.start_payment, order)
    shop.clock.advance(hours=3)
    shop.run_jobs()
    assert contract.APPROVE_ORDER.dump_reply(shop.approve(order))["awaits"] == "payment"
    [told] = shop.events_of(order, contract.ORDER_APPROVED)
    assert told["data"]["pay_by"] == "2026-03-02T07:15:00.000Z"
    shop.clock.advance(minutes=14)
    shop.pay(order)
    assert shop.status_of(order)[:2] == ("confirmed", "partial")
    assert shop.facts_of(order)[:4] == ["order.placed", "order.approved", "payment.captured", "order.confirmed"]


def test_an_order_of_points_alone_waits_too_and_is_confirmed_by_the_approval(shop):
    order = shop.place((CUP, 100))
    assert (shop.status_of(order)[0], shop.ended(order)) == ("awaiting_payment", [])
    assert shop.approve(order)["status"] == "confirmed"
    assert shop.ended(order) == [contract.ORDER_CONFIRMED.type]


def test_what_is_approved_and_not_paid_in_time_is_closed(shop):
    order = shop.place((PAPER, 200))
    shop.approve(order)
    shop.clock.advance(minutes=16)
    shop.run_jobs()
    assert (shop.status_of(order)[0], shop.row_of(order).close_reason) == ("closed", "payment_window_over")


def test_a_refusal_closes_the_order_and_gives_everything_back(shop):
    order = shop.place((PAPER, 200))
    shop.refuse(order, reason="too much for them")
    row = shop.row_of(order)
    assert (row.status, row.close_reason, row.closed_by) == ("closed", "not_approved", "staff:boss")
    assert [told["data"]["reason"] for told in shop.events_of(order, contract.ORDER_CLOSED)] == ["not_approved"]
    refused_with(contract.APPROVAL_NOT_AWAITED, shop.approve, order)
    assert shop.refuse(order)["status"] == "closed"
    assert shop.facts_of(order).count("order.refused") == 1


def test_what_nobody_decides_is_closed_in_time(shop):
    order = shop.place((CUP, 100))
    shop.clock.advance(seconds=DAY_S)
    refused_with(contract.APPROVAL_NOT_AWAITED, shop.approve, order)
    shop.run_jobs()
    assert (shop.status_of(order)[0], shop.row_of(order).close_reason) == ("closed", "approval_window_over")


def test_approving_twice_changes_nothing(shop):
    order = shop.place((PAPER, 200))
    first = shop.approve(order)
    shop.clock.advance(minutes=5)
    assert shop.approve(order)["pay_by"] == first["pay_by"]
    assert len(shop.events_of(order, contract.ORDER_APPROVED)) == 1
    refused_with(contract.APPROVAL_NOT_AWAITED, shop.refuse, order)


def test_whoever_placed_it_does_not_approve_of_it(shop):
    works = replace(shop.works, context=replace(shop.works.context, actor="staff:agent"))
    order = place_order(works, shop.request((PAPER, 200)))
    for decide in (shop.approve, shop.refuse):
        refused_with(contract.OWN_APPROVAL, decide, order, by="staff:agent")
    assert shop.approve(order, by="staff:boss")["awaits"] == "payment"


def test_nobody_decides_about_other_orders(shop):
    order = shop.place((PAPER, 10))
    assert shown(order)["awaits"] == "payment"
    refused_with(contract.APPROVAL_NOT_AWAITED, shop.approve, order)
    refused_with(contract.APPROVAL_NOT_AWAITED, shop.refuse, order)
    refused_with(contract.ORDER_UNKNOWN, shop.approve, {"order_id": "ord_" + "0" * 32})


def test_a_bulk_order_is_placed_alone(shop):
    for others in ([(RICE, 1)], [(TEA, 1)]):
        refused_with(contract.COMBINATION_NOT_OFFERED, shop.purchase, (PAPER, 200), *others)
    refused_with(contract.COMBINATION_NOT_OFFERED, shop.place, (PAPER, 200), payment_provider="on_delivery")


def test_a_member_calls_it_off_before_and_after_the_approval(shop):
    for is_approved in (False, True):
        order = shop.place((PAPER, 200))
        if is_approved:
            shop.approve(order)
        assert shop.cancel(order)["status"] == "closed"


def test_those_that_wait_are_found(shop):
    waiting, plain = shop.place((PAPER, 200)), shop.place((PAPER, 10))
    for awaits, order in (("approval", waiting), ("payment", plain)):
        wanted = contract.FIND_ORDERS.load_request({"member_id": shop.member_id, "awaits": awaits})
        found = contract.FIND_ORDERS.dump_reply(shop.works.run(find_orders, wanted))["orders"]
        assert [one["order_id"] for one in found] == [order["order_id"]]
    shop.approve(waiting)
    wanted = contract.FIND_ORDERS.load_request({"member_id": shop.member_id, "awaits": "approval"})
    assert shop.works.run(find_orders, wanted)["orders"] == []


@pytest.mark.parametrize(("move", "message"), [("done", "approved"), ("ask", "nobody to ask")])
def test_by_hand_it_is_neither_taken_as_approved_nor_is_somebody_asked(shop, move, message):
    order = shop.place((PAPER, 200))
    moved = {"order_id": order["order_id"], "move": move, "step": "approve", "reason": "it hurries"}
    refusal = refused_with(contract.STEP_NOT_OPEN, shop.works.run, unstick_order, moved)
    assert message in refusal.message
    assert shop.status_of(order)[0] == "awaiting_payment"


def test_the_approval_is_told_again_with_the_other_turns(shop):
    order = shop.place((CUP, 100))
    shop.approve(order)
    told = shop.works.run(replay_order, {"order_id": order["order_id"], "reason": "lost"})["told"]
    assert told == [contract.ORDER_APPROVED.type, contract.ORDER_CONFIRMED.type]


def test_a_thousand_pieces_are_one_order(shop):
    order = shop.place((CUP, 1_000))
    shop.approve(order)
    shop.hear_points(points.HOLD_CAPTURED, order, 30_000)
    assert shop.status_of(order)[:2] == ("confirmed", "paid")


def lawful(results):
    faults = [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)]
    assert faults == []
    return {one.code for one in results if isinstance(one, Refused)}


@pytest.mark.parametrize("sku_id", [PAPER, CUP])
def test_of_an_approval_its_deadline_and_a_cancellation_at_once_one_wins(shop, sku_id):
    ends = set()
    for turn in range(TURNS):
        order = shop.place((sku_id, 60))
        shop.clock.advance(seconds=DAY_S - 1 + turn % 2)  # on every other turn it is too late
        rivals = [partial(shop.approve, order), shop.drive_inside, partial(shop.cancel, order)]
        codes = lawful(race(*rivals[turn % 3 :], *rivals[: turn % 3]))
        assert codes <= {contract.APPROVAL_NOT_AWAITED}
        shop.run_jobs()
        row = shop.row_of(order)
        approved = len(shop.events_of(order, contract.ORDER_APPROVED))
        assert approved == (row.approved_at is not None)
        assert not (turn % 2 and approved)
        # A member may still call off what was approved a moment before.
        assert row.status in ("closed", "cancelled", "cancelling") or approved
        ends.add((row.status, approved))
    assert len(ends) > 1


def test_approving_and_refusing_at_once_ends_in_one_of_both(shop):
    for _ in range(TURNS):
        order = shop.place((PAPER, 60))
        lawful(race(partial(shop.approve, order), partial(shop.refuse, order, by="staff:other")))
        row = shop.row_of(order)
        ended = (row.status, row.approved_at is not None, row.close_reason)
        assert ended in [("awaiting_payment", True, None), ("closed", False, "not_approved")]


OLD = """
INSERT INTO sale_terms VALUES ('2026-03-01T00:00:00Z', 1200, 120, 600, 9, 'ops:li', 7, 'longer')
"""


def test_terms_and_orders_of_before_stay_and_get_a_day_for_approvals():
    with database_from("orders", "0020", OLD) as engine:
        shop = Shop(engine)
        assert shown(shop.place((PAPER, 10)))["awaits"] == "payment"
        assert shown(shop.place((PAPER, 200)))["awaits"] == "approval"
        [_, bulk] = shop.rpc.requests_of(catalog.RESERVE_STOCK)
        assert bulk["expires_in_s"] == DAY_S + 1200 + 120
