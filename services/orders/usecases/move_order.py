"""Moving an order on: as far as the facts let it, in one transaction and one conditional update."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.domain.flows.course import Course, course_of, status_when_called_off
from services.orders.domain.flows.facts import Facts
from services.orders.domain.flows.interpreter import asked, gone_on
from services.orders.domain.flows.plan import Plan
from services.orders.domain.flows.stored_plan import plan_as_json
from services.orders.domain.order_status import CALLED_OFF
from services.orders.storage.flows import PoliciesInForce
from services.orders.storage.queries import orders_of_purchase
from services.orders.storage.writes import add_fact, update_order
from services.orders.usecases.aftersale.cancel_case import follow_called_off
from services.orders.usecases.order_facts import facts_about
from services.orders.usecases.plan_order import plan_of
from services.orders.usecases.step_effects import columns_of, effect_of

Values = dict[str, Any]
_GOES_ON_AS = {"closing": "awaiting_payment", "cancelling": "confirmed"}


def move_on(work: Work, order: sa.Row, facts: Facts | None = None, **values: Any) -> sa.Row:
    """The order as the facts now have it, with ``values``; unchanged if they say nothing new. Needs its lock."""
    return _go(work, order, plan_of(order), order.status, facts, values)


def move_on_with(work: Work, order: sa.Row, plan: Plan) -> sa.Row:
    """As ``move_on``, with a plan in which somebody's word is noted. Needs the order's lock."""
    return _go(work, order, plan, order.status)


def turn_back(work: Work, order: sa.Row, reason: str, facts: Facts | None = None) -> sa.Row:
    """What was begun is undone, the last first; raises IllegalTransition if the order is over. Its member reads the
    reason. Needs its lock; ``facts``, if they are known since it was taken."""
    called_off = status_when_called_off(order.status)
    add_fact(work, order.order_id, f"order.{called_off}", reason=reason)
    values = {"close_reason": reason, "closed_by": work.context.actor}
    return _go(work, order, plan_of(order), called_off, facts, values)


def go_on(work: Work, order: sa.Row, facts: Facts | None = None) -> sa.Row:
    """An order that was being called off goes on after all: its money came, or its goods are out. Needs its lock."""
    plan = gone_on(plan_of(order), work.now)
    return _go(work, order, plan, _GOES_ON_AS[order.status], facts, {"close_reason": None, "closed_by": None})


@dataclass(frozen=True)
class Errand:
    """Somebody outside is to be asked to do ``step``, or, ``is_back``, to undo it."""

    step: str
    is_back: bool


def claim(work: Work, order: sa.Row) -> Errand | None:
    """Moves the order on and takes the errand that it waits for then. If whoever took it dies, the next one asks when
    the policy says so. Needs the order's lock."""
    facts, policies = facts_about(work, order), PoliciesInForce(work)
    course = course_of(plan_of(order), facts, order.status, work.now, policies)
    step = course.wait.ask
    if step:
        asking = course_of(asked(course.plan, step, work.now, policies), facts, course.status, work.now, policies)
        course = replace(asking, moves=course.moves)
    _take(work, order, facts, course, {})
    return Errand(step, course.plan[step].state == "undoing") if step else None


def _go(
    work: Work, order: sa.Row, plan: Plan, status: str, facts: Facts | None = None, values: Values | None = None
) -> sa.Row:
    facts = facts or facts_about(work, order)
    course = course_of(plan, facts, status, work.now, PoliciesInForce(work))
    return _take(work, order, facts, course, values or {})


def _take(work: Work, order: sa.Row, facts: Facts, course: Course, values: Values) -> sa.Row:
    changed = columns_after(course, facts, work.now) | values
    for move in course.moves:
        changed |= columns_of(work, move, course.status)
    if all(getattr(order, name) == value for name, value in changed.items()):
        return order
    before, order = order, update_order(work, order, **changed)
    if order.stuck_step and order.stuck_step != before.stuck_step:
        add_fact(work, order.order_id, "order.stuck", step=order.stuck_step)
    for move in course.moves:
        effect_of(work, order, facts, move)
    follow_called_off(work, before, order, facts)
    if before.status == "awaiting_payment" and order.status in CALLED_OFF:
        _close_with_it(work, order)
    return order


def _close_with_it(work: Work, order: sa.Row) -> None:
    """An unpaid purchase closes as a whole: the next one of it takes care of those after it."""
    of_purchase = orders_of_purchase(work, order.purchase_id)
    unpaid = next((other for other in of_purchase if other.status == "awaiting_payment"), None)
    if unpaid:
        turn_back(work, unpaid, order.close_reason)


def columns_after(course: Course, facts: Facts, now: datetime) -> Values:
    """The two folded statuses have no other writer."""
    return {
        "status": course.status,
        "payment_status": facts.payment_status,
        "fulfilment_status": facts.fulfilment_status,
        "plan": plan_as_json(course.plan),
        "due_at": course.wait.until,
        "lane": course.wait.lane,
        "stuck_step": next((step.name for step in course.plan if step.is_stuck(now)), None),
    }
