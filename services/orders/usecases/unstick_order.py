"""Orders that do not get on: found, and moved by hand. Each move is a fact of the order, with who did it and why."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.flows.interpreter import marked_done, taken_back
from services.orders.domain.flows.plan import Plan, PlannedStep
from services.orders.domain.flows.policy import StepPolicy
from services.orders.domain.flows.steps import STEPS
from services.orders.domain.order_status import ORDER
from services.orders.storage.flows import PoliciesInForce
from services.orders.storage.locks import lock_order
from services.orders.storage.queries import stuck_orders
from services.orders.storage.writes import add_fact, lose_parcels
from services.orders.usecases.announce import tell_again
from services.orders.usecases.begin_provisioning import ask_anew, take_as_done
from services.orders.usecases.cancel_order import is_cancellable
from services.orders.usecases.drive_orders import BACK, FORWARD
from services.orders.usecases.move_order import move_on, move_on_with, turn_back
from services.orders.usecases.order_facts import facts_about
from services.orders.usecases.plan_order import plan_of
from services.orders.usecases.views import View, view_of

MOVES: dict[str, Callable[[Work, sa.Row, str], sa.Row]]
# What else a move means to a step whose facts are our own.
ASKED_ANEW: dict[str, Callable[[Work, str], None]] = {"provision": ask_anew}
TAKEN_AS_DONE: dict[str, Callable[[Work, str], None]] = {"provision": take_as_done}


def list_stuck(work: Work, limit: int) -> list[dict[str, Any]]:
    """The longest stuck first."""
    found = []
    for order in stuck_orders(work, limit):
        step = plan_of(order)[order.stuck_step]
        told = {name: getattr(step, name) for name in ("state", "since", "tries", "problem")}
        found.append({"order_id": order.order_id, "status": order.status, "step": step.name, **told})
    return sorted(found, key=lambda stuck: stuck["since"])


def unstick_order(work: Work, request: dict[str, Any]) -> View:
    """``move`` is one of MOVES, ``step`` the stuck one if it is None. Refuses what the order is not in."""
    order, move, reason = _known(work, request["order_id"]), request["move"], request["reason"]
    name = request["step"] or order.stuck_step
    add_fact(work, order.order_id, f"order.moved_by_hand.{move}", step=name, reason=reason)
    return view_of(work, MOVES[move](work, order, name))


def replay_order(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Tells everybody again what became of the order; whoever has heard it passes over it."""
    order = _known(work, request["order_id"])
    told = tell_again(work, order)
    add_fact(work, order.order_id, "order.told_again", events=told, reason=request["reason"])
    return {"order_id": order.order_id, "told": told}


def ask_again(work: Work, order: sa.Row, name: str) -> sa.Row:
    step = _open_step(order, name)
    if name not in (BACK if step.state == "undoing" else FORWARD):
        raise Refused(contract.STEP_NOT_OPEN, "there is nobody to ask: it waits to be told", step=name)
    if step.state == "doing" and name in ASKED_ANEW:
        ASKED_ANEW[name](work, order.order_id)
    policy = PoliciesInForce(work).get(name, StepPolicy())
    fresh = replace(step, due_at=work.now, stuck_at=policy.stuck_at(work.now), tries=0, problem=None)
    return move_on_with(work, order, plan_of(order).put(fresh))


def count_as_done(work: Work, order: sa.Row, name: str) -> sa.Row:
    """The step is taken to be done, or, in an order that is called off, undone: somebody has seen to it. Money has
    come only when the facts say so, whoever says what."""
    step, plan = _open_step(order, name), plan_of(order)
    if step.state == "doing" and STEPS[name].needs_proof:
        raise Refused(contract.STEP_NOT_OPEN, "what is to be paid or approved is not done by saying so", step=name)
    if step.state == "doing" and name in TAKEN_AS_DONE:
        TAKEN_AS_DONE[name](work, order.order_id)
    settled: Plan = taken_back(plan, name, work.now) if step.state == "undoing" else marked_done(plan, name, work.now)
    return move_on_with(work, order, settled)


def call_off(work: Work, order: sa.Row, _: str) -> sa.Row:
    facts = facts_about(work, order)
    if order.status != "awaiting_payment" and not is_cancellable(order, facts):
        raise Refused(contract.NOT_CANCELLABLE, "the goods are handed over, or the order is over", status=order.status)
    return turn_back(work, order, contract.CALLED_OFF_BY_MALL, facts)


def lose_parcel(work: Work, order: sa.Row, _: str) -> sa.Row:
    """The carrier cannot say where it is, and its cash will not come. What the carrier knows better later counts."""
    facts = facts_about(work, order)
    if ORDER.is_end(order.status) or not facts.is_cash_promised or facts.fulfilment_status != "shipped":
        told = {"status": order.status, "fulfilment_status": order.fulfilment_status}
        raise Refused(contract.NOT_CANCELLABLE, "nothing of it is on its way to be paid at the door", **told)
    lose_parcels(work, order.order_id)
    return move_on(work, order)


MOVES = {"ask": ask_again, "done": count_as_done, "call_off": call_off, "parcel_lost": lose_parcel}


def _known(work: Work, order_id: str) -> sa.Row:
    order = lock_order(work, order_id)
    if order is None:
        raise Refused(contract.ORDER_UNKNOWN, "no such order")
    return order


def _open_step(order: sa.Row, name: str | None) -> PlannedStep:
    plan = plan_of(order)
    is_open = name in plan and plan[name].state in ("doing", "undoing") if name else False
    if ORDER.is_end(order.status) or not is_open:
        going_on = [step.name for step in plan if step.state in ("doing", "undoing")]
        raise Refused(contract.STEP_NOT_OPEN, "the order is not at that step", status=order.status, open=going_on)
    return plan[str(name)]
