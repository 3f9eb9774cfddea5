"""Single pieces of a confirmed order that are called off before they are on their way: the rest of it goes on."""

from functools import partial

import pytest

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcTimeout
from services.chassis.ids import derived_id, new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.usecases.aftersale.drive_cases import drive_cases
from services.points import contract as points
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import BUNDLE, GAME, PHONE, RICE, TABLET, TOP_UP

engine = database_of("orders")
TRIES = 100
HALL = derived_id("whs", "hall")
GONE = Refused(logistics.HANDED_OVER, "it is out")


@pytest.fixture
def shop(engine):
    shop = Desk(engine)
    yield shop
    assert shop.broken_invariants() == []


def refusal(act, *arguments, **more):
    with pytest.raises(Refused) as refused:
        act(*arguments, **more)
    return refused.value.code


def decisions(shop, case):
    return [one["decision"] for one in shop.told(case, contract.CASE_DECIDED)]


def test_the_money_of_these_pieces_goes_back_by_their_shares_and_the_rest_is_delivered(shop):
    order = shop.sell((PHONE, 3), (GAME, 2))
    case = shop.cancel_pieces(order, (1, [2]), (2, [1, 2]))
    assert (case["kind"], case["status"], case["note"]) == ("cancel_part", "withholding", "too many")
    shop.run_jobs()
    case = shop.look(case)
    assert (case["status"], case["points"], case["coins"], case["cash_fen"]) == ("closed", 900, 60, 9900)
    assert shop.back_of(order) == {"points": 900, "coins": 60, "cash": 9900}
    assert shop.status_of(order) == ("confirmed", "partially_refunded", "none")
    assert decisions(shop, case) == ["approved"]
    [told] = shop.told(case, contract.CASE_REFUNDED)
    assert told["lines"] == [{"line_no": 1, "units": [2]}, {"line_no": 2, "units": [1, 2]}]
    shop.ship(order, "delivered", 1)
    assert shop.status_of(order)[2] == "delivered"
    assert shop.receive(order)["status"] == "completed"


def test_who_has_the_goods_is_asked_for_these_pieces(shop):
    order = shop.sell((PHONE, 3), (RICE, 2))
    case = shop.cancel_pieces(order, (1, [3, 1]), (2, [2]))
    shop.run_jobs()
    [parcel] = shop.rpc.requests_of(logistics.WITHHOLD_PIECES)
    [stock] = shop.rpc.requests_of(catalog.WITHHOLD_PIECES)
    assert parcel["lines"] == [{"line_no": 1, "quantity": 2}, {"line_no": 2, "quantity": 1}]
    assert sorted((one["sku_id"], one["pieces"]) for one in stock["pieces"]) == sorted([(PHONE, 2), (RICE, 1)])
    assert {parcel["request_id"], stock["request_id"]} == {f"{case['case_id']}:withhold"}


def test_what_is_with_its_carrier_goes_on_whole_and_its_pieces_are_free_again(shop):
    order = shop.sell((RICE, 2))
    shop.rpc.answers[logistics.WITHHOLD_PIECES] = GONE
    case = shop.cancel_pieces(order, (1, [1]))
    shop.run_jobs()
    case = shop.look(case)
    assert (case["status"], case["decided_because"]) == ("rejected", f"the pieces are out: {logistics.HANDED_OVER}")
    assert (shop.back_of(order), shop.rpc.requests_of(catalog.WITHHOLD_PIECES)) == ({}, [])
    assert decisions(shop, case) == ["rejected"]
    assert refusal(shop.dispute, case) == contract.CASE_NOT_THERE
    shop.ship(order, "picked_up", 1)
    assert refusal(shop.cancel_pieces, order, (1, [1])) == contract.CASE_NOT_OFFERED
    shop.ship(order, "delivered", 1)
    assert shop.open(order, "return", (1, [1]))["status"] == "requested"


def test_a_parcel_that_was_booked_and_given_back_is_waited_for_no_more(shop):
    order = shop.sell((RICE, 2), (PHONE, 1))
    shop.ship(order, "dispatched", 1, 2, name="one")
    shop.cancel_pieces(order, (1, [1, 2]))
    shop.run_jobs()
    shop.ship(order, "cancelled", 1, 2, name="one")
    assert shop.status_of(order)[2] == "none"
    shop.ship(order, "delivered", 2, name="two")
    assert shop.status_of(order)[2] == "delivered"


def test_what_was_missing_alone_is_called_off_after_all_else_came(shop):
    order = shop.sell((TOP_UP, 1), (RICE, 1))
    shop.issue(order, TOP_UP, catalog.own_element(TOP_UP), "A")
    assert shop.status_of(order)[2] == "partial"
    shop.cancel_pieces(order, (2, [1]))
    shop.run_jobs()
    assert shop.status_of(order) == ("confirmed", "partially_refunded", "delivered")
    assert shop.receive(order)["status"] == "completed"


def test_while_nobody_answers_the_pieces_are_taken_and_nothing_goes_back(shop):
    order = shop.sell((RICE, 3))
    answer = shop.rpc.answers[catalog.WITHHOLD_PIECES]
    shop.rpc.answers[catalog.WITHHOLD_PIECES] = RpcTimeout("silent")
    case = shop.cancel_pieces(order, (1, [1]))
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.back_of(order)) == ("withholding", {})
    for refused, code in (
        (partial(shop.open, order, "refund", (1, [1])), contract.CASE_UNITS_TAKEN),
        (partial(shop.cancel_pieces, order, (1, [1])), contract.CASE_UNITS_TAKEN),
        (partial(shop.cancel, order), contract.NOT_CANCELLABLE),
        (partial(shop.withdraw, case), contract.CASE_NOT_THERE),
        (partial(shop.reject, case), contract.CASE_NOT_THERE),
    ):
        assert refusal(refused) == code
    shop.rpc.answers[catalog.WITHHOLD_PIECES] = answer
    shop.clock.advance(seconds=31)
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.back_of(order)) == ("closed", {"points": 300})
    asked = {request["request_id"] for request in shop.rpc.requests_of(logistics.WITHHOLD_PIECES)}
    assert asked == {f"{case['case_id']}:withhold"}


def test_all_that_is_left_is_the_order_itself(shop):
    order = shop.sell((RICE, 3))
    shop.cancel_pieces(order, (1, [2]))
    shop.run_jobs()
    case = shop.cancel_pieces(order, (1, [1, 3]))
    assert (case["kind"], case["status"]) == ("cancel", "cancelling")
    shop.run_jobs()
    shop.hear_points(points.POINTS_REFUNDED, order, 600)
    assert shop.look(case)["status"] == "closed"
    assert (shop.status_of(order)[:2], shop.back_of(order)) == (("cancelled", "refunded"), {"points": 900})


def test_codes_that_nobody_used_are_void_before_their_money_goes_back(shop):
    order = shop.sell((TOP_UP, 2), (RICE, 1))
    shop.issue(order, TOP_UP, catalog.own_element(TOP_UP), "A", "B")
    used, unused = shop.cancel_pieces(order, (1, [1])), shop.cancel_pieces(order, (1, [2]))
    shop.used = {"A"}
    shop.run_jobs()
    assert [shop.look(case)["status"] for case in (used, unused)] == ["rejected", "closed"]
    assert (shop.voided, shop.back_of(order)) == ({"B"}, {"points": 1000})
    assert len(shop.rpc.requests_of(logistics.WITHHOLD_PIECES)) == 0


def test_pieces_in_a_hall_are_catalogs_to_decide(shop):
    order = shop.place((RICE, 3), delivery_address=None, pick_up_at=HALL)
    shop.hear_points(points.HOLD_CAPTURED, order, 900)
    kept = shop.cancel_pieces(order, (1, [1]))
    shop.run_jobs()
    shop.rpc.answers[catalog.WITHHOLD_PIECES] = Refused(catalog.COLLECTED_BEFORE, "handed over")
    late = shop.cancel_pieces(order, (1, [2]))
    shop.run_jobs()
    assert [shop.look(case)["status"] for case in (kept, late)] == ["closed", "rejected"]
    assert (shop.rpc.requests_of(logistics.WITHHOLD_PIECES), shop.back_of(order)) == ([], {"points": 300})
    told = {"place_id": HALL, "key_id": new_id("stk"), "collected_at": shop.clock.now()}
    shop.hear(catalog.PICK_UP_COLLECTED, order, **told)
    assert shop.status_of(order) == ("completed", "partially_refunded", "delivered")


@pytest.mark.parametrize(
    ("basket", "lines", "code"),
    [
        ([(BUNDLE, 2)], [(1, [1])], contract.CASE_CODES_HANDED_OVER),
        ([(TOP_UP, 1), (RICE, 2)], [(1, [1]), (2, [1])], contract.CASE_UNITS_WRONG),
        ([(RICE, 2)], [(1, [3])], contract.CASE_UNITS_WRONG),
        ([(RICE, 2)], [(1, [1, 1])], contract.CASE_UNITS_WRONG),
        ([(TABLET, 2)], [(1, [1])], contract.CASE_NOT_OFFERED),
    ],
)
def test_what_cannot_be_called_off_piece_by_piece_is_refused_at_once(shop, basket, lines, code):
    order = shop.sell(*basket)
    assert refusal(shop.cancel_pieces, order, *lines) == code
    assert shop.cases(order_id=order["order_id"]) == []


def test_nobody_but_its_member_and_staff_calls_anything_off_of_a_paid_order(shop):
    order = shop.sell((RICE, 2))
    assert refusal(shop.cancel_pieces, order, (1, [1]), member_id=new_id("mbr")) == contract.ORDER_UNKNOWN
    assert refusal(shop.cancel_pieces, {"order_id": new_id("ord")}, (1, [1])) == contract.ORDER_UNKNOWN
    assert refusal(shop.cancel_pieces, shop.place((PHONE, 2)), (1, [1])) == contract.CASE_NOT_OFFERED
    case = shop.cancel_pieces(order, (1, [1]), member_id=None)
    assert (case["status"], case["member_id"]) == ("withholding", shop.member_id)


def test_the_same_request_is_one_case(shop):
    order, request_id = shop.sell((RICE, 3)), new_id("req")
    answers = race(*[lambda: shop.cancel_pieces(order, (1, [1]), request_id=request_id)] * 3)
    assert answers[0] == answers[1] == answers[2]
    assert len(shop.cases(order_id=order["order_id"])) == 1


class Carrier:
    """Logistics and its carrier: of a hand-over and a withholding the first one counts, per order."""

    def __init__(self, shop):
        self.shop, self.first = shop, {}
        shop.rpc.answers[logistics.WITHHOLD_PIECES] = self.withholds

    def withholds(self, request):
        if self.first.setdefault(request["order_id"], "withheld") == "picked_up":
            return GONE
        return {"order_id": request["order_id"], "shipments": 1}

    def picks_up(self, order):
        self.first.setdefault(order["order_id"], "picked_up")
        self.shop.ship(order, "picked_up", 1)


def test_pieces_against_a_hand_over_go_back_or_are_sent(shop):
    carrier = Carrier(shop)
    for _ in range(TRIES):
        order = shop.sell((RICE, 2))
        race(
            partial(carrier.picks_up, order),
            partial(shop.cancel_pieces, order, (1, [1])),
            partial(drive_cases, shop.works),
        )
        shop.clock.advance(seconds=31)
        shop.run_jobs()
        is_back = carrier.first[order["order_id"]] == "withheld"
        cases = [case["status"] for case in shop.cases(order_id=order["order_id"])]
        assert cases in ((["closed"],) if is_back else ([], ["rejected"]))
        assert shop.back_of(order) == ({"points": 300} if is_back else {})
        shop.ship(order, "delivered", 1)
        assert shop.status_of(order)[2] == "delivered"


def test_two_cases_about_one_piece_and_the_whole_order_at_once_pay_it_back_once(shop):
    for _ in range(TRIES // 2):
        order = shop.sell((RICE, 3))
        race(
            partial(shop.cancel_pieces, order, (1, [1])),
            partial(shop.cancel_pieces, order, (1, [1, 2])),
            partial(shop.cancel, order),
            partial(drive_cases, shop.works),
        )
        shop.clock.advance(seconds=31)
        shop.run_jobs()
        kinds = sorted(case["kind"] for case in shop.cases(order_id=order["order_id"]))
        assert kinds in (["cancel"], ["cancel_part"], ["cancel", "cancel_part"])
        if shop.status_of(order)[0] == "cancelled":
            shop.hear_points(points.POINTS_REFUNDED, order, 900 - shop.back_of(order).get("points", 0))
            assert shop.back_of(order) == {"points": 900}
        else:
            [case] = shop.cases(order_id=order["order_id"])
            assert shop.back_of(order) == {"points": case["points"]} == {"points": 300 * len(case["units"])}


def test_an_order_that_is_called_off_meanwhile_gives_everything_back_itself(shop):
    order = shop.place((RICE, 3), delivery_address=None, pick_up_at=HALL)
    shop.hear_points(points.HOLD_CAPTURED, order, 900)
    hall = {"place_id": HALL, "name_zh": "天河营业厅", "name_en": "Tianhe hall"}
    shop.hear(catalog.PICK_UP_PREPARED, order, **hall, code="04291738", prepared_at=shop.clock.now())
    shop.rpc.answers[catalog.WITHHOLD_PIECES] = RpcTimeout("silent")
    case = shop.cancel_pieces(order, (1, [1]))
    shop.clock.advance(days=8)
    shop.run_jobs()
    shop.hear_points(points.POINTS_REFUNDED, order, 900)
    assert (shop.status_of(order)[:2], shop.back_of(order)) == (("cancelled", "refunded"), {"points": 900})
    assert shop.look(case)["status"] == "withdrawn"
