"""What a partner refuses for good goes back by itself; what was switched on, or is sent, stays."""

import itertools
from datetime import timedelta

import pytest

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcTimeout
from services.chassis.clock import FixedClock
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.usecases.put_provisioner import put_provisioner
from services.orders.usecases.unstick_order import unstick_order
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.configured_partner import partner
from tests.integration.orders.goods import CREDIT, CREDIT_BAG, CREDIT_BOX, CREDITS, GAMES, RICE, TOPUP
from tests.integration.orders.kit import NOON

engine = database_of("orders")
DAYS = itertools.count()
GOOD, BAD = "13900000001", "13900000002"
TRIES = 50


@pytest.fixture
def shop(engine):
    shop = Desk(engine, clock=FixedClock(NOON + timedelta(days=next(DAYS))))
    for name in (TOPUP, GAMES):
        shop.works.run(put_provisioner, partner(name))
    shop.partner.refuses = {BAD}
    yield shop
    assert shop.broken_invariants() == []


def bought(shop, *wishes):
    """(SKU, pieces, the number that it is for or None) each; the partners were asked."""
    lines = shop.request(*[(sku_id, many) for sku_id, many, _ in wishes])["lines"]
    told = [{**line, "provision_to": to} for line, (_, _, to) in zip(lines, wishes, strict=True)]
    order = shop.sell_as(*[(sku_id, many) for sku_id, many, _ in wishes], lines=told)
    pass_time(shop, 2)
    return order


def pass_time(shop, seconds=31):
    shop.clock.advance(seconds=seconds)
    shop.run_jobs()


def case_of(shop, order):
    [case] = shop.cases(order_id=order["order_id"])
    return case


def stuck(shop, order):
    row = shop.row_of(order)
    return row.stuck_step, next(step.get("problem") for step in row.plan if step["step"] == "provision")


def unstick(shop, order, move):
    told = {"order_id": order["order_id"], "move": move, "step": "provision", "reason": "seen to"}
    shop.works.run(unstick_order, told)


def test_what_was_switched_on_stays_and_the_member_is_told_of_the_rest(shop):
    order = bought(shop, (CREDIT, 2, BAD), (CREDIT, 1, GOOD))
    case = case_of(shop, order)
    assert (case["kind"], case["status"], case["reason"]) == ("cancel_part", "closed", "provisioning_refused")
    assert [(unit["line_no"], unit["unit_no"]) for unit in case["units"]] == [(1, 1), (1, 2)]
    assert shop.back_of(order) == {"points": 1000}
    assert shop.status_of(order) == ("completed", "partially_refunded", "delivered")
    [told] = shop.told(case, contract.CASE_DECIDED)
    assert (told["decision"], told["because"]) == (contract.NOT_PROVIDED, "topup: number unknown")
    [stock] = shop.rpc.requests_of(catalog.WITHHOLD_PIECES)
    assert (stock["pieces"], shop.rpc.requests_of(logistics.WITHHOLD_PIECES)) == ([{"sku_id": CREDIT, "pieces": 2}], [])


def test_a_parcel_of_the_same_order_is_sent(shop):
    order = bought(shop, (CREDIT, 1, BAD), (RICE, 1, None))
    assert (case_of(shop, order)["status"], shop.back_of(order)) == ("closed", {"points": 500})
    assert shop.status_of(order) == ("confirmed", "partially_refunded", "none")
    shop.ship(order, "delivered", 2)
    assert shop.receive(order)["status"] == "completed"


def test_nothing_is_decided_before_every_partner_gave_its_last_word(shop):
    shop.partner.silent = {GAMES}
    order = bought(shop, (CREDIT, 1, BAD), (CREDITS, 1, GOOD))
    assert shop.cases(order_id=order["order_id"]) == []
    shop.partner.silent = set()
    pass_time(shop)
    assert (case_of(shop, order)["status"], shop.back_of(order)) == ("closed", {"points": 500})
    assert shop.status_of(order)[0] == "completed"


@pytest.mark.parametrize("is_out", [False, True])
def test_a_box_is_kept_with_what_its_partner_refused_or_waits_for_somebody(shop, is_out):
    if is_out:
        shop.rpc.answers[logistics.WITHHOLD_PIECES] = Refused(logistics.HANDED_OVER, "it is out")
    order = bought(shop, (CREDIT_BOX, 1, BAD), (RICE, 1, None))
    [asked] = shop.rpc.requests_of(logistics.WITHHOLD_PIECES)
    assert asked["lines"] == [{"line_no": 1, "quantity": 1}]
    assert case_of(shop, order)["status"] == ("rejected" if is_out else "closed")
    assert shop.back_of(order) == ({} if is_out else {"points": 700})
    assert stuck(shop, order) == (("provision", "topup: number unknown") if is_out else (None, None))
    pass_time(shop)
    pass_time(shop)
    assert len(shop.cases(order_id=order["order_id"])) == 1
    if is_out:
        shop.partner.refuses = set()
        unstick(shop, order, "ask")
        pass_time(shop)
        assert stuck(shop, order)[0] is None
        shop.ship(order, "delivered", 1, 2)
        assert shop.status_of(order)[2] == "delivered"


def test_while_a_case_gives_it_back_nobody_asks_for_it_anew(shop):
    answer = shop.rpc.answers[catalog.WITHHOLD_PIECES]
    shop.rpc.answers[catalog.WITHHOLD_PIECES] = RpcTimeout("silent")
    order = bought(shop, (CREDIT, 1, BAD), (CREDIT, 1, GOOD))
    assert case_of(shop, order)["status"] == "withholding"
    shop.partner.refuses = set()
    unstick(shop, order, "ask")
    pass_time(shop)
    shop.rpc.answers[catalog.WITHHOLD_PIECES] = answer
    pass_time(shop)
    assert (case_of(shop, order)["status"], shop.back_of(order)) == ("closed", {"points": 500})
    assert sorted(wanted.account for _, wanted in shop.partner.asked) == [GOOD, BAD]
    assert shop.status_of(order)[0] == "completed"


def test_what_stands_apart_goes_back_and_what_does_not_waits_for_somebody(shop):
    order = bought(shop, (CREDIT, 1, BAD), (CREDIT_BAG, 1, BAD))
    assert (case_of(shop, order)["status"], shop.back_of(order)) == ("closed", {"points": 500})
    assert stuck(shop, order) == ("provision", "topup: number unknown")
    shop.partner.refuses = set()
    unstick(shop, order, "ask")
    pass_time(shop)
    assert [wanted.units for _, wanted in shop.partner.asked] == [1, 1, 1]
    assert stuck(shop, order)[0] is None


def test_of_an_order_that_was_refused_altogether_nothing_is_left(shop):
    order = bought(shop, (CREDIT, 1, BAD), (CREDIT, 1, BAD))
    assert shop.status_of(order)[0] == "cancelled"
    assert case_of(shop, order)["kind"] == "cancel"


def test_partners_and_jobs_at_once_give_it_back_once(shop):
    for _ in range(TRIES):
        lines = shop.request((CREDIT, 1), (CREDIT, 1))["lines"]
        told = [{**line, "provision_to": to} for line, to in zip(lines, (BAD, GOOD), strict=True)]
        order = shop.sell_as((CREDIT, 1), (CREDIT, 1), lines=told)
        shop.clock.advance(seconds=2)
        outcomes = race(*[shop.drive_provisioners] * 2, *[shop.drive_cases] * 2)
        assert not [one for one in outcomes if isinstance(one, Exception)]
        pass_time(shop)
        assert (case_of(shop, order)["status"], shop.back_of(order)) == ("closed", {"points": 500})
        assert shop.status_of(order)[0] == "completed"
