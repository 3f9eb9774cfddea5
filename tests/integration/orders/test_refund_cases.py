"""Money back for some pieces: exact shares to every tender, whatever breaks in between."""

import pytest

from services.catalog.contract import own_element
from services.chassis.bus.faults import RpcTimeout
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.orders import contract
from services.points import contract as points
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import BUNDLE, DATA_PACK, GAME, PHONE, RICE, TOP_UP

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Desk(engine)


def test_one_of_three_goes_back_to_each_tender(shop):
    order = shop.deliver((PHONE, 3))
    case = shop.open(order, "refund", (1, [2]))
    assert (case["status"], shop.back_of(order)) == ("requested", {})
    assert shop.approve(case)["status"] == "refunding"
    shop.run_jobs()
    case = shop.look(case)
    assert (case["status"], case["points"], case["cash_fen"]) == ("closed", 500, 9900)
    assert shop.back_of(order) == {"points": 500, "cash": 9900}
    assert list(shop.provider.refunds.values()) == [9900]
    assert shop.status_of(order) == ("confirmed", "partially_refunded", "delivered")
    [refunded] = shop.told(case, contract.CASE_REFUNDED)
    assert (refunded["points"], refunded["cash_fen"]) == (500, 9900)
    assert refunded["lines"] == [{"line_no": 1, "units": [2]}]
    assert shop.broken_invariants() == []


def test_piece_by_piece_all_of_it_and_no_more(shop):
    order = shop.deliver((PHONE, 2), (GAME, 1))
    for piece in ((1, [1]), (2, [1]), (1, [2])):
        shop.approve(shop.open(order, "refund", piece))
        shop.run_jobs()
    assert shop.back_of(order) == {"points": 1200, "coins": 30, "cash": 19800}
    assert shop.status_of(order)[:2] == ("completed", "refunded")
    with pytest.raises(Refused, match=contract.CASE_UNITS_TAKEN):
        shop.open(order, "refund", (1, [1]))
    assert shop.broken_invariants() == []


def test_points_are_asked_until_they_answer_and_give_back_once(shop):
    order = shop.deliver((RICE, 2))
    answer = shop.rpc.answers[points.REFUND_POINTS]

    def acts_and_falls_silent(request):
        answer(request)
        raise RpcTimeout("silent")

    shop.rpc.answers[points.REFUND_POINTS] = acts_and_falls_silent
    case = shop.open(order, "refund", (1, [1]))
    shop.approve(case)
    shop.run_jobs()
    assert shop.look(case)["status"] == "refunding"
    shop.rpc.answers[points.REFUND_POINTS] = answer
    shop.clock.advance(seconds=31)
    shop.run_jobs()
    assert shop.look(case)["status"] == "closed"
    assert shop.given[order["order_id"], points.POINTS] == 300
    assert shop.broken_invariants() == []


def test_the_event_of_points_and_the_answer_are_one_fact(shop):
    order = shop.deliver((RICE, 2))
    case = shop.open(order, "refund", (1, [1]))
    shop.approve(case)
    operation = f"{case['case_id']}:2:points"
    told = {"points": 300, "unit": points.POINTS, "available": 0}
    shop.hear(points.POINTS_REFUNDED, order, **told, operation=operation)
    assert shop.look(case)["status"] == "closed"
    shop.run_jobs()
    assert shop.back_of(order) == {"points": 300}
    assert shop.broken_invariants() == []


def test_nothing_is_asked_back_that_points_has_not_taken_yet(shop):
    order = shop.place((RICE, 1))
    shop.approve(shop.open(order, "refund", (1, [1])))
    shop.run_jobs()
    assert shop.rpc.requests_of(points.REFUND_POINTS) == []
    shop.hear_points(points.HOLD_CAPTURED, order, 300)
    shop.clock.advance(seconds=31)
    shop.run_jobs()
    assert shop.status_of(order)[:2] == ("completed", "refunded")
    assert shop.broken_invariants() == []


def test_a_capture_that_is_heard_of_after_the_refund_settles_all_the_same(shop):
    order = shop.deliver((RICE, 2))
    late = shop.place((RICE, 2))
    case = shop.open(late, "refund", (1, [1]))
    shop.approve(case)
    told = {"points": 300, "unit": points.POINTS, "available": 0, "operation": f"{case['case_id']}:2:points"}
    shop.hear(points.POINTS_REFUNDED, late, **told)
    shop.hear_points(points.HOLD_CAPTURED, late, 600)
    assert shop.status_of(late)[:2] == ("confirmed", "partially_refunded")
    steps = {step["step"]: step["state"] for step in shop.row_of(late).plan}
    assert (steps["settle_points"], shop.status_of(order)[1]) == ("done", "paid")


def test_refused_cash_is_tried_again_and_the_case_waits_for_it(shop):
    order = shop.deliver((PHONE, 2))
    shop.provider.refuses_refunds = "balance is empty"
    case = shop.open(order, "refund", (1, [1]))
    shop.approve(case)
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.back_of(order)) == ("refunding", {"points": 500})
    shop.provider.refuses_refunds = None
    shop.clock.advance(seconds=3601)
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.back_of(order)) == ("closed", {"points": 500, "cash": 9900})


def test_rejected_and_withdrawn_pieces_are_free_again(shop):
    order = shop.deliver((RICE, 1))
    assert shop.reject(shop.open(order, "refund", (1, [1])))["status"] == "rejected"
    assert shop.withdraw(shop.open(order, "refund", (1, [1])))["status"] == "withdrawn"
    case = shop.open(order, "refund", (1, [1]))
    with pytest.raises(Refused, match=contract.CASE_UNITS_TAKEN):
        shop.open(order, "refund", (1, [1]))
    shop.approve(case)
    with pytest.raises(Refused, match=contract.CASE_NOT_THERE):
        shop.withdraw(case)
    shop.run_jobs()
    assert shop.back_of(order) == {"points": 300}
    assert shop.broken_invariants() == []


def test_nobody_decides_in_time_and_it_is_approved(shop):
    order = shop.deliver((RICE, 1))
    case = shop.open(order, "refund", (1, [1]))
    shop.clock.advance(hours=47)
    shop.run_jobs()
    assert shop.look(case)["status"] == "requested"
    shop.clock.advance(hours=1)
    shop.run_jobs()
    assert shop.look(case)["status"] == "closed"
    assert [told["decision"] for told in shop.told(case, contract.CASE_DECIDED)] == ["approved"]


def test_what_is_not_offered_is_refused(shop):
    order, unpaid, codes = shop.deliver((RICE, 2)), shop.place((PHONE, 1)), shop.sell((TOP_UP, 1))
    bundle, shipping = shop.deliver((BUNDLE, 1)), shop.sell((RICE, 1))
    shop.issue(codes, TOP_UP, own_element(TOP_UP), "A")
    shop.issue(bundle, BUNDLE, DATA_PACK, "B", "C")
    for said, code in (
        ((unpaid, "refund", (1, [1])), contract.CASE_NOT_OFFERED),
        ((shipping, "return", (1, [1])), contract.CASE_NOT_OFFERED),
        ((codes, "return", (1, [1])), contract.CASE_CODES_HANDED_OVER),
        ((bundle, "exchange", (1, [1])), contract.CASE_CODES_HANDED_OVER),
        ((order, "refund", (1, [3])), contract.CASE_UNITS_WRONG),
        ((order, "refund", (2, [1])), contract.CASE_UNITS_WRONG),
        ((order, "refund", (1, [1, 1])), contract.CASE_UNITS_WRONG),
    ):
        with pytest.raises(Refused, match=code):
            shop.open(*said)
    with pytest.raises(Refused, match=contract.CASE_REASON_UNKNOWN):
        shop.open(order, "refund", (1, [1]), reason="changed_mind")
    with pytest.raises(Refused, match=contract.ORDER_UNKNOWN):
        shop.open(order, "refund", (1, [1]), member_id=new_id("mbr"))
    shop.clock.advance(days=7)
    with pytest.raises(Refused, match=contract.CASE_WINDOW_OVER):
        shop.open(order, "refund", (1, [1]))


def test_the_same_request_is_the_same_case(shop):
    order, request_id = shop.deliver((RICE, 1)), new_id("req")
    first = shop.open(order, "refund", (1, [1]), request_id=request_id)
    assert shop.open(order, "refund", (1, [1]), request_id=request_id) == first
    assert [case["case_id"] for case in shop.cases(order_id=order["order_id"])] == [first["case_id"]]


def test_only_whose_it_is_sees_it(shop):
    case = shop.open(shop.deliver((RICE, 1)), "refund", (1, [1]))
    assert case["case_id"] in [found["case_id"] for found in shop.desk(merchant_id=case["merchant_id"], kind="refund")]
    assert shop.desk(merchant_id=new_id("mer")) == []
    with pytest.raises(Refused, match=contract.CASE_UNKNOWN):
        shop.approve(case, merchant_id=new_id("mer"))
    shop.member_id = new_id("mbr")
    with pytest.raises(Refused, match=contract.CASE_UNKNOWN):
        shop.look(case)
    assert shop.cases() == []


def test_an_order_waits_for_its_open_case(shop):
    order = shop.deliver((RICE, 2))
    case = shop.open(order, "refund", (1, [1]))
    with pytest.raises(Refused, match=contract.CASE_OPEN):
        shop.receive(order)
    shop.approve(case)
    shop.clock.advance(days=7)
    shop.drive_inside()
    assert shop.status_of(order)[0] == "confirmed"
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.status_of(order)[0]) == ("closed", "completed")
    assert shop.broken_invariants() == []


def test_an_order_with_an_open_case_is_not_cancelled(shop):
    order = shop.sell((RICE, 2))
    case = shop.open(order, "refund", (1, [1]))
    with pytest.raises(Refused, match=contract.NOT_CANCELLABLE):
        shop.cancel(order)
    shop.approve(case)
    shop.run_jobs()
    assert shop.cancel(order)["status"] == "cancelled"
    shop.hear(points.POINTS_REFUNDED, order, points=300, unit=points.POINTS, available=0, operation=None)
    assert shop.status_of(order) == ("cancelled", "refunded", "none")
    assert shop.broken_invariants() == []
