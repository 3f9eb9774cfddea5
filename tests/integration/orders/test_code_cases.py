"""Money back for pieces with codes: the codes are void before anything goes back, and a used one stops it."""

import pytest

from services.catalog import contract as catalog
from services.catalog.contract import own_element
from services.chassis.bus.faults import RpcTimeout
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.orders import contract
from services.orders.usecases.look_up_orders import get_order
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import BUNDLE, DATA_PACK, TOP_UP

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Desk(engine)


@pytest.fixture
def order(shop):
    """Three codes; the second one in their order is D."""
    order = shop.sell((TOP_UP, 3))
    shop.issue(order, TOP_UP, own_element(TOP_UP), "F", "B", "D")
    return order


def voided_of(shop, order):
    with shop.works.begin() as work:
        shown = contract.GET_ORDER.dump_reply(get_order(work, shop.of(order)))
    return [code["code"] for code in shown["codes"] if code["voided_at"]]


def test_the_codes_of_the_piece_are_void_before_the_money_goes_back(shop, order):
    case = shop.approve(shop.open(order, "refund", (1, [2])))
    assert (case["status"], case["points"], shop.back_of(order)) == ("voiding", 0, {})
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.back_of(order)) == ("closed", {"points": 1000})
    assert shop.voided == {"D"} == set(voided_of(shop, order))
    assert shop.broken_invariants() == []


def test_a_used_code_rejects_the_case_and_no_code_is_void(shop, order):
    shop.used = {"F"}
    case = shop.approve(shop.open(order, "refund", (1, [2, 3])))
    shop.run_jobs()
    case = shop.look(case)
    assert (case["status"], case["decided_because"]) == ("rejected", "its codes cannot be given back: code.used_before")
    decisions = [told["decision"] for told in shop.told(case, contract.CASE_DECIDED)]
    assert (decisions, shop.voided, shop.back_of(order)) == (["approved", "rejected"], set(), {})
    again = shop.approve(shop.open(order, "refund", (1, [2])))
    shop.run_jobs()
    assert (shop.look(again)["status"], shop.voided, shop.back_of(order)) == ("closed", {"D"}, {"points": 1000})
    assert shop.broken_invariants() == []


@pytest.mark.parametrize("has_acted", [False, True])
def test_catalog_is_asked_until_it_answers(shop, order, has_acted):
    answer = shop.rpc.answers[catalog.VOID_CODES]

    def falls_silent(request):
        if has_acted:
            answer(request)
        raise RpcTimeout("silent")

    shop.rpc.answers[catalog.VOID_CODES] = falls_silent
    case = shop.approve(shop.open(order, "refund", (1, [1])))
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.back_of(order), voided_of(shop, order)) == ("voiding", {}, [])
    shop.rpc.answers[catalog.VOID_CODES] = answer
    shop.clock.advance(seconds=31)
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.back_of(order)) == ("closed", {"points": 1000})
    assert shop.voided == {"B"} == set(voided_of(shop, order))
    assert shop.broken_invariants() == []


def test_it_waits_for_codes_that_are_still_to_come_and_nobody_withdraws_it_then(shop):
    order = shop.sell((BUNDLE, 2))
    shop.issue(order, BUNDLE, DATA_PACK, "A", "C", "D")
    case = shop.approve(shop.open(order, "refund", (1, [1])))
    shop.run_jobs()
    assert shop.look(case)["status"] == "voiding"
    with pytest.raises(Refused, match=contract.CASE_NOT_THERE):
        shop.withdraw(case)
    assert shop.rpc.requests_of(catalog.VOID_CODES) == []
    shop.issue(order, BUNDLE, DATA_PACK, "B")
    shop.clock.advance(seconds=31)
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.voided) == ("closed", {"A", "B"})
    assert shop.broken_invariants() == []


def test_a_dispute_that_is_won_asks_for_the_codes_once_more(shop, order):
    shop.used = {"B"}
    case = shop.approve(shop.open(order, "refund", (1, [1])))
    shop.run_jobs()
    case = shop.dispute(shop.look(case))
    shop.used = set()  # the counter took it back: it was a mistake
    assert shop.decide_dispute(case, is_member_right=True)["status"] == "voiding"
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.voided, shop.back_of(order)) == ("closed", {"B"}, {"points": 1000})
    assert shop.broken_invariants() == []
