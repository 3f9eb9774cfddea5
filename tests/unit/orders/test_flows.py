"""Flows, plans and their interpreter: whatever fails once, every order ends fulfilled or with everything taken back."""

import importlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.contract import ON_DELIVERY, PARCEL_LOST, REFUSED_AT_DOOR
from services.orders.domain.flows.checking import FlowNotLawful, check_flow
from services.orders.domain.flows.course import status_when_called_off
from services.orders.domain.flows.flow import PLAIN, Flow, FlowsDoNotAgree, flows_for, merged
from services.orders.domain.flows.interpreter import TurnBack, gone_on
from services.orders.domain.flows.plan import Plan
from services.orders.domain.flows.policy import StepPolicy
from services.orders.domain.flows.steps import STEPS
from services.orders.domain.flows.stored_plan import plan_as_json, plan_of_json
from services.orders.domain.order_status import ORDER
from tests.unit.orders.partner_in_the_world import Partner
from tests.unit.orders.world_of_an_order import NOON, World

SHIPPED = importlib.import_module("services.orders.migrations.0005_flows").FLOWS
waiting_for_goods = importlib.import_module("services.orders.migrations.0013_presales").waiting_for_goods
with_coins = importlib.import_module("services.orders.migrations.0006_coins").with_coins
collected_at_door = importlib.import_module("services.orders.migrations.0016_cash_on_delivery").collected_at_door


def flow_of(delivery: str) -> Flow:
    """As the migrations leave it."""
    steps = with_coins([{"step": step, "after": after} for step, after in SHIPPED[delivery].items()])
    return Flow(delivery, PLAIN, tuple((step["step"], tuple(step["after"])) for step in steps))


def variant_of_parcels(variant: str, change: Callable[[list[dict]], list[dict]]) -> Flow:
    plain = [{"step": step, "after": list(after)} for step, after in flow_of("parcel").steps]
    return Flow("parcel", variant, tuple((step["step"], tuple(step["after"])) for step in change(plain)))


FLOWS = [flow_of(delivery) for delivery in SHIPPED]
TO_COME = variant_of_parcels("presale", waiting_for_goods)
AT_THE_DOOR = variant_of_parcels(ON_DELIVERY, collected_at_door)
SWITCHED_ON = importlib.import_module("services.orders.migrations.0017_provisioning").STEPS
FLOWS.append(Flow("provision", PLAIN, tuple((step, tuple(after)) for step, after in SWITCHED_ON.items())))
DELIVERIES = tuple(flow.delivery for flow in FLOWS)
WHO = (
    "take_cash back",
    "carry back",
    "settle_points",
    "points",
    "logistics",
    "catalog",
    "carrier",
    "provision",
    "provision back",
)
PARTNERS = (Partner(), Partner(refuses=True), Partner(refuses=True, can_reverse=False), Partner(can_reverse=False))
WHO_TO_COME = (*WHO, "await_goods back", "catalog allots")


@st.composite
def worlds(draw: st.DrawFn) -> World:
    deliveries = tuple(sorted(draw(st.sets(st.sampled_from(DELIVERIES), min_size=1))))
    failing = st.tuples(st.sampled_from(WHO), st.sampled_from(("before", "after")))
    points, cash = draw(st.sampled_from([(500, 0), (0, 900), (500, 900), (0, 0)]))
    return World(
        flows_for(FLOWS, deliveries, PLAIN),
        points,
        cash,
        deliveries,
        pays_after_s=draw(st.none() | st.integers(0, 2000)),
        fails=draw(st.sets(failing, max_size=4)),
        starts_paying=draw(st.booleans()),
        partner=replace(draw(st.sampled_from(PARTNERS))),
    )


@st.composite
def worlds_at_the_door(draw: st.DrawFn) -> World:
    failing = st.tuples(st.sampled_from(WHO), st.sampled_from(("before", "after")))
    return World(
        [AT_THE_DOOR],
        draw(st.sampled_from([0, 500])),
        900,
        ("parcel",),
        pays_after_s=draw(st.sampled_from([None, 0])),
        fails=draw(st.sets(failing, max_size=4)),
        provider=ON_DELIVERY,
        counts_wrong=draw(st.booleans()),
        loses=draw(st.sampled_from([None, "lost", "damaged"])),
    )


@given(worlds() | worlds_at_the_door(), st.integers(0, 20), st.integers(0, 60))
def test_every_order_ends_fulfilled_or_with_everything_taken_back(world, calls_off_after, receives_after):
    world.live(calls_off_after, receives_after)
    assert ORDER.is_end(world.status), (world.status, world.plan)
    assert world.partner.is_consistent
    assert world.is_fulfilled if world.status == "completed" else world.is_compensated


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("when", ["before", "after"])
def test_each_failure_at_each_moment(who, when):
    for case in product([("parcel",), ("code",), ("code", "parcel")], [None, *range(6)]):
        deliveries, calls_off_after = case
        world = World(flows_for(FLOWS, deliveries, PLAIN), 500, 900, deliveries, pays_after_s=30, fails={(who, when)})
        world.live(calls_off_after)
        ends = ["completed"] if calls_off_after is None else ["completed", "closed", "cancelled"]
        assert world.status in ends, case
        assert world.is_fulfilled if world.status == "completed" else world.is_compensated, case


@given(
    st.sets(st.tuples(st.sampled_from(WHO_TO_COME), st.sampled_from(("before", "after"))), max_size=4),
    st.sampled_from([(500, 0), (0, 900), (500, 900), (0, 0)]),
    st.none() | st.integers(0, 2000),
    st.integers(0, 6),
    st.integers(0, 20),
    st.integers(0, 60),
)
def test_goods_to_come_go_out_or_everything_is_taken_back(
    fails, paid_with, pays, comes, calls_off_after, receives_after
):
    world = World([TO_COME], *paid_with, ("parcel",), pays_after_s=pays, fails=fails, come_after_days=comes)
    world.live(calls_off_after, receives_after)
    assert ORDER.is_end(world.status), (world.status, world.plan)
    assert world.is_fulfilled if world.status == "completed" else world.is_compensated


@pytest.mark.parametrize("who", WHO_TO_COME)
@pytest.mark.parametrize("when", ["before", "after"])
def test_each_failure_at_each_moment_while_goods_are_to_come(who, when):
    for case in product([None, *range(12)], [0.001, 1, 5]):
        calls_off_after, comes = case
        world = World([TO_COME], 500, 900, ("parcel",), pays_after_s=30, fails={(who, when)}, come_after_days=comes)
        world.live(calls_off_after)
        ends = ["completed"] if calls_off_after is None else ["completed", "closed", "cancelled"]
        assert world.status in ends, case
        assert world.is_fulfilled if world.status == "completed" else world.is_compensated, case


def test_goods_to_come_are_not_late_before_the_day_that_was_promised():
    world = World([TO_COME], 500, 0, ("parcel",), None, fails=set(), come_after_days=30)
    world.policies["await_goods"] = StepPolicy(stuck_after_s=86_400)
    world.plan, world.status = Plan.of(merged([TO_COME])), "awaiting_payment"
    world.move()
    assert world.plan["await_goods"].stuck_at == NOON + timedelta(days=4)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("when", ["before", "after"])
def test_each_failure_at_each_moment_of_an_order_paid_at_the_door(who, when):
    for case in product([None, *range(8)], [0, None], [True, False]):
        calls_off_after, pays_after_s, miscounts = case
        world = World([AT_THE_DOOR], 500, 900, ("parcel",), pays_after_s, {(who, when)}, True, ON_DELIVERY, miscounts)
        world.live(calls_off_after)
        good = ["completed"] if pays_after_s == 0 else []
        assert world.status in (good or ["cancelled"] if calls_off_after is None else [*good, "cancelled"]), case
        assert world.is_fulfilled if world.status == "completed" else world.is_compensated, case


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("when", ["before", "after"])
def test_each_failure_at_each_moment_of_an_order_that_is_lost_before_its_door(who, when):
    for case in product([None, *range(8)], ["lost", "damaged"]):
        calls_off_after, loses = case
        world = World([AT_THE_DOOR], 500, 900, ("parcel",), 0, {(who, when)}, provider=ON_DELIVERY, loses=loses)
        world.live(calls_off_after)
        assert (world.status, world.is_compensated) == ("cancelled", True), case


def test_at_the_door_nothing_is_paid_before_the_goods_go_out():
    world = World([AT_THE_DOOR], 500, 900, ("parcel",), 0, set(), provider=ON_DELIVERY)
    assert (world.status, world.facts.payment_status) == ("confirmed", "none")
    assert [step for step, _ in AT_THE_DOOR.steps][-3:] == ["carry", "collect_cash", "receive"]
    assert dict(AT_THE_DOOR.steps)["confirm"] == ("hold_goods", "hold_points", "hold_coins")
    assert dict(AT_THE_DOOR.steps)["receive"] == ("collect_cash",)


@pytest.mark.parametrize(
    ("parcel", "why"), [("returned", REFUSED_AT_DOOR), ("lost", PARCEL_LOST), ("damaged", PARCEL_LOST)]
)
def test_an_unpaid_parcel_that_comes_back_or_never_comes_turns_the_order_back_at_once(parcel, why):
    world = World([AT_THE_DOOR], 500, 900, ("parcel",), None, set(), provider=ON_DELIVERY)
    world.parcels = parcel
    assert TurnBack("carry", why) in world.move().moves
    assert world.status == "cancelled"


@pytest.mark.parametrize("parcel", ["returned", "lost", "damaged"])
def test_a_paid_parcel_that_does_not_come_does_not(parcel):
    world = World(FLOWS[:1], 500, 900, ("parcel",), 0, set())
    world.pass_time()
    world.parcels = parcel
    world.move()
    assert world.status == "confirmed"


def test_a_flow_has_cash_come_in_one_way():
    check_flow(AT_THE_DOOR, FLOWS)
    both = Flow("parcel", "x", (*AT_THE_DOOR.steps, ("take_cash", ("hold_goods",))))
    neither = Flow("parcel", "x", tuple(step for step in FLOWS[0].steps if step[0] != "take_cash"))
    for flow in (both, neither):
        with pytest.raises(FlowNotLawful, match="one of take_cash and collect_cash"):
            check_flow(flow, [])


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("when", ["before", "after"])
def test_each_failure_while_a_partner_says_yes_or_no(who, when):
    for case in product([("provision",), ("parcel", "provision"), ("code", "provision")], PARTNERS):
        deliveries, partner = case[0], replace(case[1])
        flows = flows_for(FLOWS, deliveries, PLAIN)
        world = World(flows, 500, 900, deliveries, pays_after_s=30, fails={(who, when)}, partner=partner)
        world.live()
        assert world.partner.is_consistent, case
        may_be_called_off = partner.refuses and "code" not in deliveries
        assert world.status in (["completed", "cancelled"] if may_be_called_off else ["completed"]), case
        assert world.is_fulfilled if world.status == "completed" else world.is_compensated, case


@pytest.mark.parametrize("calls_off_after", range(12))
@pytest.mark.parametrize("can_reverse", [True, False])
def test_an_order_that_loses_its_points_takes_back_what_was_switched_on_or_goes_on(calls_off_after, can_reverse):
    """Whoever calls it off, by whatever right: what a partner did is undone, or the order is fulfilled."""
    world = World([FLOWS[-1]], 500, 0, ("provision",), None, fails=set(), partner=Partner(can_reverse=can_reverse))
    for turn in range(100):
        if turn == calls_off_after and world.status == "confirmed":
            world.status = status_when_called_off(world.status)
        world.pass_time()
    assert world.partner.is_consistent
    assert world.is_fulfilled if world.status == "completed" else world.is_compensated


def test_the_shipped_flows_are_made_of_known_steps():
    assert {step for flow in [*FLOWS, TO_COME] for step, _ in flow.steps} <= set(STEPS)


def test_merged_flows_keep_every_order_and_do_what_they_share_once():
    sequence = merged(FLOWS)
    assert list(sequence) == [
        "hold_goods",
        "hold_points",
        "hold_coins",
        "take_cash",
        "confirm",
        "settle_points",
        "settle_coins",
        "carry",
        "issue_codes",
        "receive",
        "provision",
    ]
    assert sequence["receive"] == ("carry",)


def test_flows_that_contradict_each_other_are_not_merged():
    there = Flow("a", PLAIN, (("x", ()), ("y", ("x",))))
    back = Flow("b", PLAIN, (("y", ()), ("x", ("y",))))
    with pytest.raises(FlowsDoNotAgree, match="x, y"):
        merged([there, back])


def test_a_variant_falls_back_to_the_plain_flow():
    special = Flow("parcel", "pick_up", (("hold_goods", ()),))
    assert flows_for([*FLOWS, special], ["code", "parcel", "code"], "pick_up") == [FLOWS[1], special]
    with pytest.raises(KeyError):
        flows_for(FLOWS, ["pigeon"], PLAIN)


def test_a_plan_is_stored_and_read_alike():
    world = World(FLOWS, 500, 900, ("parcel", "code"), pays_after_s=None, fails=set())
    world.call_off()
    world.now += timedelta(minutes=1)
    world.move()
    assert plan_of_json(plan_as_json(world.plan)) == world.plan
    assert [step.state for step in gone_on(world.plan, NOON)][:4] == ["done", "done", "done", "doing"]


def test_a_step_that_takes_too_long_is_stuck_and_still_ends_well():
    world = World(FLOWS[:1], 500, 0, ("parcel",), None, fails={("points", "before"), ("settle_points", "before")})
    world.now += timedelta(seconds=3600)
    world.move()
    assert [step.name for step in world.plan if step.is_stuck(world.now)] == ["settle_points"]
    assert isinstance(world.plan, Plan)
