"""Orders that are picked up: whatever fails once, each is collected, or everything of it is taken back."""

import importlib
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.orders import contract
from services.orders.domain.flows.checking import check_flow
from services.orders.domain.flows.flow import Flow, flows_for
from services.orders.domain.order_status import ORDER
from tests.unit.orders.test_flows import FLOWS
from tests.unit.orders.world_of_an_order import World

PICKED_UP = importlib.import_module("services.orders.migrations.0018_pick_ups").STEPS
AT_A_HALL = Flow("parcel", contract.PICK_UP, tuple((step, tuple(after)) for step, after in PICKED_UP.items()))
WEEK_S = 7 * 86_400
WHO_AT_A_HALL = ("take_cash back", "prepare back", "settle_points", "points", "catalog", "hall")


@st.composite
def worlds_of_halls(draw: st.DrawFn) -> World:
    """The buyer comes within the days in which the goods wait, at their very end, or never."""
    failing = st.tuples(st.sampled_from(WHO_AT_A_HALL), st.sampled_from(("before", "after")))
    points, cash = draw(st.sampled_from([(500, 0), (0, 900), (500, 900), (0, 0)]))
    comes = st.none() | st.integers(0, 3_600) | st.integers(WEEK_S - 3_600, WEEK_S + 3_600)
    return World(
        flows_for([*FLOWS, AT_A_HALL], ("parcel",), contract.PICK_UP),
        points,
        cash,
        ("parcel",),
        pays_after_s=draw(st.none() | st.integers(0, 2000)),
        fails=draw(st.sets(failing, max_size=4)),
        starts_paying=draw(st.booleans()),
        is_picked_up=True,
        comes_after_s=draw(comes),
    )


@settings(deadline=None)  # the machine is shared
@given(worlds_of_halls(), st.integers(0, 20))
def test_every_order_that_is_picked_up_ends_collected_or_with_everything_taken_back(world, calls_off_after):
    world.live(calls_off_after, turns=400)
    assert ORDER.is_end(world.status), (world.status, world.plan)
    assert world.is_fulfilled if world.status == "completed" else world.is_compensated
    assert world.is_collected == (world.status == "completed") == (world.hand_over == "collected")


@pytest.mark.parametrize("who", WHO_AT_A_HALL)
@pytest.mark.parametrize("when", ["before", "after"])
def test_each_failure_at_each_moment_at_a_hall(who, when):
    for case in product([None, *range(8)], [None, 0, 600]):
        calls_off_after, comes_after_s = case
        flows = flows_for([*FLOWS, AT_A_HALL], ("parcel",), contract.PICK_UP)
        world = World(flows, 500, 900, ("parcel",), 30, {(who, when)}, is_picked_up=True, comes_after_s=comes_after_s)
        world.live(calls_off_after, turns=400)
        ends = {"completed", "closed", "cancelled"}
        ends &= {"closed", "cancelled"} if comes_after_s is None else ends
        assert world.status in (ends if calls_off_after is not None or comes_after_s is None else {"completed"}), case
        assert world.is_fulfilled if world.status == "completed" else world.is_compensated, case


def test_the_flow_at_a_hall_is_lawful_beside_the_others():
    check_flow(AT_A_HALL, FLOWS)
