"""Orders that have to be approved: whatever fails once, each ends fulfilled or with everything taken back."""

import importlib
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.contract import BULK
from services.orders.domain.flows.checking import FlowNotLawful, check_flow
from services.orders.domain.flows.flow import PLAIN, Flow
from services.orders.domain.order_status import ORDER, awaited
from tests.unit.orders.test_flows import FLOWS, WHO, variant_of_parcels
from tests.unit.orders.world_of_an_order import World

approved_first = importlib.import_module("services.orders.migrations.0021_approvals").approved_first
TO_APPROVE = variant_of_parcels(BULK, approved_first)
WHO_DECIDES = (*WHO, "staff")
DAY_S = 86_400


@pytest.mark.parametrize("who", WHO_DECIDES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_each_failure_at_each_moment_of_an_order_that_is_approved(who, when):
    for case in product([None, *range(10)], [(500, 0), (500, 900), (0, 900)]):
        calls_off_after, paid_with = case
        world = World([TO_APPROVE], *paid_with, ("parcel",), 30, fails={(who, when)}, approves_after_s=600)
        world.live(calls_off_after)
        ends = ["completed"] if calls_off_after is None and who != "staff" else ["completed", "closed", "cancelled"]
        assert world.status in ends, case
        assert world.approved_at or world.status != "completed", case
        assert world.is_fulfilled if world.status == "completed" else world.is_compensated, case


@given(
    st.sets(st.tuples(st.sampled_from(WHO_DECIDES), st.sampled_from(("before", "after"))), max_size=4),
    st.sampled_from([(500, 0), (0, 900), (500, 900), (0, 0)]),
    st.none() | st.integers(0, 2 * DAY_S),
    st.none() | st.integers(0, 2 * DAY_S),
    st.integers(0, 20),
)
def test_whenever_it_is_approved_and_paid_it_ends_well(fails, paid_with, approves, pays, calls_off_after):
    world = World([TO_APPROVE], *paid_with, ("parcel",), pays, fails=fails, approves_after_s=approves)
    world.live(calls_off_after)
    assert ORDER.is_end(world.status), (world.status, world.plan)
    assert world.approved_at or "confirmed" not in world.heard
    assert world.is_fulfilled if world.status == "completed" else world.is_compensated


@pytest.mark.parametrize("cash", [0, 900])
def test_nothing_is_confirmed_before_it_is_approved(cash):
    world = World([TO_APPROVE], 500, cash, ("parcel",), 0, set())
    assert (world.status, world.plan["approve"].state, world.plan["take_cash"].state) == (
        "awaiting_payment",
        "doing",
        "waiting",
    )


def test_what_nobody_approves_of_is_closed_after_the_time_for_it():
    world = World([TO_APPROVE], 500, 0, ("parcel",), 0, set())
    while not ORDER.is_end(world.status):
        world.pass_time()
    assert (world.status, world.is_compensated) == ("closed", True)


def test_approving_belongs_to_bulk_orders_and_comes_before_paying():
    check_flow(TO_APPROVE, FLOWS)
    without = Flow("parcel", BULK, FLOWS[0].steps)
    elsewhere = Flow("parcel", PLAIN, TO_APPROVE.steps)
    for flow in (without, elsewhere):
        with pytest.raises(FlowNotLawful, match="approve is a step of every bulk flow, and of no other"):
            check_flow(flow, [])
    beside = {step: tuple(name for name in after if name != "approve") for step, after in TO_APPROVE.steps}
    beside |= {"confirm": (*beside["confirm"], "approve")}
    with pytest.raises(FlowNotLawful, match="take_cash comes after approve"):
        check_flow(Flow("parcel", BULK, tuple(beside.items())), [])


@pytest.mark.parametrize(
    ("status", "has_to", "is_approved", "awaits"),
    [
        ("awaiting_payment", True, False, "approval"),
        ("awaiting_payment", True, True, "payment"),
        ("awaiting_payment", False, False, "payment"),
        ("confirmed", True, True, None),
        ("closed", True, False, None),
    ],
)
def test_what_an_order_waits_for(status, has_to, is_approved, awaits):
    assert awaited(status, has_to, is_approved) == awaits
