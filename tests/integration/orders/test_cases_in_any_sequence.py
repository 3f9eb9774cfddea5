"""Whatever is opened, decided, sent, received, disputed and broken, in whatever order: what goes back is what its
pieces were sold for, tender by tender, and never more."""

from collections import Counter

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.bus.faults import RpcTimeout
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.orders import contract
from services.points import contract as points
from tests.integration.orders.after_sale import COLUMN_OF, Desk
from tests.integration.orders.goods import GAME, PHONE, RICE

engine = database_of("orders")
QUIET = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
LEGAL = (contract.CASE_NOT_THERE, contract.CASE_UNITS_TAKEN, contract.CASE_WINDOW_OVER, contract.CASE_REASON_UNKNOWN)
DEEDS = ("open", "approve", "reject", "withdraw", "send_back", "receive", "dispute", "win", "lose", "jobs", "wait")
deeds = st.tuples(st.sampled_from(DEEDS), st.integers(0, 5), st.sampled_from(contract.CASES_OFFERED), st.booleans())


def do(shop, order, deed, number, kind, flag):
    cases = shop.cases(order_id=order["order_id"], limit=100)
    pieces = [(line["line_no"], unit + 1) for line in order["lines"] for unit in range(line["quantity"])]
    if deed == "open":
        line_no, unit_no = pieces[number % len(pieces)]
        shop.open(order, kind, (line_no, [unit_no]))
    elif deed == "jobs":
        if flag:
            break_once(shop, kind)
        shop.run_jobs()
    elif deed == "wait":
        shop.clock.advance(hours=12 * number)
    elif cases:
        settle(shop, cases[number % len(cases)], deed, flag)


def settle(shop, case, deed, flag):
    plain = {"approve": shop.approve, "reject": shop.reject, "withdraw": shop.withdraw, "send_back": shop.send_back}
    if deed in plain:
        plain[deed](case)
    elif deed == "receive":
        rejected = [(unit["line_no"], unit["unit_no"]) for unit in case["units"]] if flag else []
        shop.receive_goods(case, *rejected)
    elif deed == "dispute":
        shop.dispute(case)
    else:
        shop.decide_dispute(case, is_member_right=deed == "win")


def break_once(shop, kind):
    """Points or the provider acts and is not heard, once."""
    if kind == "refund":
        shop.provider.silence_after_acting = True
        shop.settle_refunds()
        shop.provider.silence_after_acting = False
        return
    answer = shop.rpc.answers[points.REFUND_POINTS]

    def acts_and_falls_silent(request):
        shop.rpc.answers[points.REFUND_POINTS] = answer
        answer(request)
        raise RpcTimeout("silent")

    shop.rpc.answers[points.REFUND_POINTS] = acts_and_falls_silent


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(st.lists(deeds, min_size=5, max_size=30))
def test_what_goes_back_is_what_its_pieces_were_sold_for(engine, told):
    shop = Desk(engine)
    order = shop.deliver((PHONE, 2), (GAME, 3), (RICE, 1))
    for deed in told:
        try:
            do(shop, order, *deed)
        except Refused as refusal:
            assert refusal.code in LEGAL, refusal
    for _ in range(4):  # everything that was asked back comes back in the end
        shop.clock.advance(hours=2)
        shop.run_jobs()
    assert_given_back_exactly(shop, order)
    assert shop.broken_invariants() == []


def assert_given_back_exactly(shop, order):
    units = [unit for case in shop.cases(order_id=order["order_id"], limit=100) for unit in case["units"]]
    back = [unit for unit in units if unit["is_given_back"]]
    assert max(Counter((unit["line_no"], unit["unit_no"]) for unit in back).values(), default=1) == 1
    sums = {kind: sum(unit[column] for unit in back) for kind, column in contract_columns().items()}
    assert shop.back_of(order) == {kind: amount for kind, amount in sums.items() if amount}
    for unit, column in COLUMN_OF.items():
        assert shop.given[order["order_id"], unit] == sums[column]
    assert refunded_by_provider(shop, order) == sums["cash"]


def refunded_by_provider(shop, order):
    """Not what examples before this one left open, which its jobs make too."""
    with shop.engine.connect() as connection:
        wanted = sa.text("SELECT refund_id FROM refund WHERE order_id = :order_id")
        ids = connection.execute(wanted, {"order_id": order["order_id"]}).scalars().all()
    return sum(shop.provider.refunds.get(refund_id, 0) for refund_id in ids)


def contract_columns():
    return {"points": "points", "coins": "coins", "cash": "cash_fen"}
