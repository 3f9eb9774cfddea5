"""Goods come back: for money or for the same goods, as far as they are accepted."""

import pytest

from services.catalog import contract as catalog
from services.catalog.contract import own_element
from services.chassis.bus.faults import RpcTimeout
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.logistics import contract as logistics
from services.orders import contract
from services.points import contract as points
from tests.integration.orders.after_sale import CLOSED_HALL, HALL, Desk
from tests.integration.orders.goods import GAME, PHONE, RICE
from tests.integration.orders.kit import parcel_data

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Desk(engine)


def test_goods_come_back_before_the_money_does(shop):
    order = shop.deliver((PHONE, 2))
    case = shop.approve(shop.open(order, "return", (1, [1]), reason="changed_mind"))
    assert (case["status"], case["return_address"]["city"]) == ("awaiting_return", "深圳市")
    case = shop.send_back(case)
    assert (case["status"], case["waybill_no"], case["due_at"]) == ("sent_back", "SF42", None)
    with pytest.raises(Refused, match=contract.CASE_NOT_THERE):
        shop.withdraw(case)
    shop.run_jobs()
    assert shop.back_of(order) == {}
    shop.receive_goods(case)
    shop.run_jobs()
    assert shop.look(case)["status"] == "closed"
    assert shop.back_of(order) == {"points": 500, "cash": 9900}
    [stock] = shop.told(case, contract.GOODS_RECEIVED)
    assert stock["elements"] == [{"element_id": own_element(PHONE), "quantity": 1}]
    assert shop.broken_invariants() == []


def test_only_accepted_pieces_are_paid_back_and_only_sound_ones_go_into_stock(shop):
    order = shop.deliver((RICE, 3))
    case = shop.bring_back(order, "return", (1, [1, 2, 3]))
    verdicts = [
        {"line_no": 1, "unit_no": 1, "is_accepted": True},
        {"line_no": 1, "unit_no": 2, "is_accepted": True, "to_stock": False},
        {"line_no": 1, "unit_no": 3, "is_accepted": False},
    ]
    case = shop.receive_goods(case, units=verdicts)
    shop.run_jobs()
    case = shop.look(case)
    assert [(unit["verdict"], unit["is_given_back"]) for unit in case["units"]] == [
        ("accepted", True),
        ("accepted", True),
        ("rejected", False),
    ]
    assert (case["status"], shop.back_of(order)) == ("closed", {"points": 600})
    assert [told["elements"][0]["quantity"] for told in shop.told(case, contract.GOODS_RECEIVED)] == [1]
    assert shop.open(order, "refund", (1, [3]))["status"] == "requested"
    assert shop.broken_invariants() == []


def test_every_piece_needs_its_verdict(shop):
    case = shop.bring_back(shop.deliver((RICE, 2)), "return", (1, [1, 2]))
    for units in ([(1, 1)], [(1, 1), (1, 1)], [(1, 1), (1, 3)]):
        told = [{"line_no": line_no, "unit_no": unit_no, "is_accepted": True} for line_no, unit_no in units]
        with pytest.raises(Refused, match=contract.CASE_UNITS_WRONG):
            shop.receive_goods(case, units=told)


def test_goods_come_back_to_a_place_that_there_is(shop):
    order = shop.deliver((RICE, 2))
    case = shop.bring_back(order, "return", (1, [1]))
    for place_id, state in ((new_id("whs"), None), (CLOSED_HALL, "closed")):
        with pytest.raises(Refused, match=contract.CASE_PLACE_WRONG) as refused:
            shop.receive_goods(case, place_id=place_id)
        assert refused.value.details == {"place_id": place_id, "state": state}
    assert (shop.look(case)["status"], shop.told(case, contract.GOODS_RECEIVED)) == ("sent_back", [])
    shop.receive_goods(case, place_id=HALL)
    assert [told["place_id"] for told in shop.told(case, contract.GOODS_RECEIVED)] == [HALL]


def test_while_catalog_is_silent_nothing_is_received_and_the_same_request_goes_on_later(shop):
    case = shop.bring_back(shop.deliver((RICE, 1)), "return", (1, [1]))
    answer, request_id = shop.rpc.answers[catalog.LIST_PLACES], new_id("req")
    shop.rpc.answers[catalog.LIST_PLACES] = RpcTimeout("silent")
    with pytest.raises(Refused, match=contract.TEMPORARILY_UNAVAILABLE):
        shop.receive_goods(case, place_id=HALL, request_id=request_id)
    shop.rpc.answers[catalog.LIST_PLACES] = answer
    first = shop.receive_goods(case, place_id=HALL, request_id=request_id)
    shop.places[HALL] = "closed"
    assert shop.receive_goods(case, place_id=HALL, request_id=request_id)["status"] == first["status"] == "refunding"
    assert len(shop.told(case, contract.GOODS_RECEIVED)) == 1


def test_goods_that_are_not_sent_in_time_stay_with_the_member(shop):
    order = shop.deliver((RICE, 1))
    case = shop.approve(shop.open(order, "return", (1, [1])))
    shop.clock.advance(days=7)
    shop.run_jobs()
    assert shop.look(case)["status"] == "withdrawn"
    assert shop.status_of(order)[0] == "completed"
    assert [told["outcome"] for told in shop.told(case, contract.CASE_CLOSED)] == ["withdrawn"]


def test_rejected_goods_are_disputed_once_and_operations_decides(shop):
    order = shop.deliver((RICE, 2))
    case = shop.bring_back(order, "return", (1, [1, 2]))
    assert shop.receive_goods(case, (1, 1), (1, 2))["status"] == "rejected"
    assert shop.dispute(case)["status"] == "disputed"
    shop.clock.advance(days=8)
    shop.drive_inside()
    assert shop.status_of(order)[0] == "confirmed"  # it waits
    shop.decide_dispute(case, is_member_right=True)
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.back_of(order)) == ("closed", {"points": 600})
    with pytest.raises(Refused, match=contract.CASE_NOT_THERE):
        shop.dispute(case)
    assert [told["decision"] for told in shop.told(case, contract.CASE_DECIDED)][-1] == "dispute_won"
    assert shop.broken_invariants() == []


def test_of_a_closed_case_only_what_was_rejected_is_disputed(shop):
    order = shop.deliver((RICE, 2))
    case = shop.bring_back(order, "return", (1, [1, 2]))
    shop.receive_goods(case, (1, 2))
    shop.run_jobs()
    shop.dispute(case)
    shop.decide_dispute(case, is_member_right=True)
    shop.run_jobs()
    assert shop.back_of(order) == {"points": 600}
    assert [(told["points"], len(told["lines"][0]["units"])) for told in shop.told(case, contract.CASE_REFUNDED)] == [
        (300, 1),
        (300, 1),
    ]
    sound = shop.bring_back(shop.deliver((RICE, 1)), "return", (1, [1]))
    shop.receive_goods(sound)
    shop.run_jobs()
    with pytest.raises(Refused, match=contract.CASE_NOT_THERE):
        shop.dispute(sound)
    assert shop.broken_invariants() == []


def test_a_lost_dispute_ends_the_case_and_a_late_one_is_refused(shop):
    case = shop.reject(shop.open(shop.deliver((RICE, 1)), "return", (1, [1])))
    shop.dispute(case)
    assert shop.decide_dispute(case, is_member_right=False)["status"] == "closed"
    late = shop.reject(shop.open(shop.deliver((RICE, 1)), "refund", (1, [1])))
    shop.clock.advance(days=7)
    with pytest.raises(Refused, match=contract.CASE_WINDOW_OVER):
        shop.dispute(late)


def test_a_won_dispute_of_a_request_waits_for_the_goods(shop):
    order = shop.deliver((RICE, 1))
    case = shop.reject(shop.open(order, "return", (1, [1])))
    shop.dispute(case)
    taken = shop.open(order, "refund", (1, [1]))
    with pytest.raises(Refused, match=contract.CASE_UNITS_TAKEN):
        shop.decide_dispute(case, is_member_right=True)
    shop.withdraw(taken)
    assert shop.decide_dispute(case, is_member_right=True)["status"] == "awaiting_return"
    shop.receive_goods(shop.send_back(case))
    shop.run_jobs()
    assert shop.back_of(order) == {"points": 300}
    assert shop.broken_invariants() == []


def test_an_exchange_sends_the_same_goods_once_more(shop):
    order = shop.deliver((GAME, 2), (PHONE, 2))
    case = shop.bring_back(order, "exchange", (2, [2]))
    shop.receive_goods(case)
    shop.run_jobs()
    case = shop.look(case)
    assert (case["status"], case["points"]) == ("closed", 0)
    replacement = {"order_id": case["replaced_by"]}
    row = shop.row_of(replacement)
    assert (row.status, row.points, row.coins, row.cash_fen) == ("confirmed", 0, 0, 0)
    [confirmed] = shop.events_of(replacement, contract.ORDER_CONFIRMED)
    assert [(line["line_no"], line["quantity"]) for line in confirmed["data"]["lines"]] == [(2, 1)]
    assert confirmed["data"]["delivery_address"]["name"] == "王芳"
    assert shop.back_of(order) == {}
    assert shop.broken_invariants() == []


def test_what_came_instead_may_be_wrong_too(shop):
    order = shop.deliver((RICE, 1))
    case = shop.bring_back(order, "exchange", (1, [1]))
    shop.receive_goods(case)
    shop.run_jobs()
    replacement = {"order_id": shop.look(case)["replaced_by"]}
    for refused in (lambda: shop.cancel(replacement), lambda: shop.open(replacement, "refund", (1, [1]))):
        with pytest.raises(Refused, match=r"not_cancellable|not_offered"):
            refused()
    shop.clock.advance(days=6)
    came = parcel_data("instead", "delivered", [1], shop.clock.now())
    shop.hear(logistics.SHIPMENT_DELIVERED, replacement, **came, signed_by="王芳")
    shop.clock.advance(days=6)
    shop.receive_goods(shop.bring_back(order, "return", (1, [1])))
    shop.run_jobs()
    assert shop.back_of(order) == {"points": 300}
    assert shop.broken_invariants() == []


def test_without_goods_to_send_the_money_goes_back(shop):
    order = shop.deliver((RICE, 2))
    case = shop.bring_back(order, "exchange", (1, [1]))
    shop.rpc.answers[catalog.RESERVE_STOCK] = Refused(catalog.STOCK_INSUFFICIENT, "none left")
    shop.receive_goods(case)
    shop.run_jobs()
    case = shop.look(case)
    assert (case["status"], case["replaced_by"], shop.back_of(order)) == ("closed", None, {"points": 300})
    assert [told["outcome"] for told in shop.told(case, contract.CASE_CLOSED)] == ["refunded"]
    assert shop.broken_invariants() == []


def test_silent_catalog_is_asked_again_and_one_order_comes_of_it(shop):
    order = shop.deliver((RICE, 1))
    answer = shop.rpc.answers[catalog.RESERVE_STOCK]
    shop.rpc.answers[catalog.RESERVE_STOCK] = RpcTimeout("silent")
    case = shop.bring_back(order, "exchange", (1, [1]))
    shop.receive_goods(case)
    shop.run_jobs()
    assert shop.look(case)["status"] == "replacing"
    shop.rpc.answers[catalog.RESERVE_STOCK] = answer
    shop.clock.advance(seconds=31)
    shop.run_jobs()
    case = shop.look(case)
    assert case["status"] == "closed"
    asked = [request["order_id"] for request in shop.rpc.requests_of(catalog.RESERVE_STOCK)]
    assert asked.count(case["replaced_by"]) == 2
    assert shop.rpc.requests_of(points.REFUND_POINTS) == []
