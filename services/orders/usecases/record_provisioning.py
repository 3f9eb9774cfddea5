"""What a partner says of an operation, as an answer, as a callback, or both at once: it counts once."""

import sqlalchemy as sa
import structlog

from services.chassis.data.work import Work
from services.orders.domain.flows.interpreter import given_up
from services.orders.domain.provisioning import OPEN, Result, has_failed, lines_apart
from services.orders.storage.cases import places_claimed
from services.orders.storage.locks import lock_known_order
from services.orders.storage.provisioning import (
    find_provisioning,
    note_problem,
    settle_provisioning,
)
from services.orders.storage.writes import add_fact
from services.orders.usecases.aftersale.give_back_refused import REFUSED, give_back_refused, problems_of
from services.orders.usecases.move_order import move_on_with, turn_back
from services.orders.usecases.order_facts import facts_about
from services.orders.usecases.plan_order import plan_of
from services.orders.usecases.record_fulfilment import follow_fulfilment

APPLIED, DUPLICATE, IGNORED = "applied", "duplicate", "ignored"
STEP = "provision"
# What a state is reached from: a partner's last word is not taken back by another one, but by its own reversal.
SOURCES = {"succeeded": OPEN, "failed": OPEN, "reversed": (*OPEN, "succeeded")}
log = structlog.get_logger(__name__)


def record_result(work: Work, operation_id: str, result: Result) -> str:
    """The operation is ours. ``duplicate``: known; ``ignored``: no last word, or one against an earlier one."""
    order_id = _known(work, operation_id).order_id
    order, row = lock_known_order(work, order_id), _known(work, operation_id)
    if result.state not in SOURCES:
        note_problem(work, operation_id, result.problem)
        return IGNORED
    told = {"reference": result.reference or row.reference, "problem": result.problem}
    if not settle_provisioning(work, operation_id, SOURCES[result.state], result.state, **told):
        return DUPLICATE if row.state == result.state else _contradicted(work, row, result)
    details = {name: getattr(row, name) for name in ("line_no", "element_id", "provisioner")}
    add_fact(work, order_id, f"provisioning.{result.state}", operation_id=operation_id, **details, **told)
    follow(work, order)
    return APPLIED


def follow(work: Work, order: sa.Row) -> None:
    """The order goes on; if partners have given their last words and one of them was no, it goes on without what was
    refused, or is called off, or, if that cannot be undone any more, somebody must look. Needs the order's lock."""
    facts = facts_about(work, order)
    if order.status != "confirmed" or not has_failed(facts.provisionings):
        follow_fulfilment(work, order, work.now)
    elif (apart := lines_apart(facts.lines, facts.provisionings)).are_all:
        give_back_refused(work, order, apart.line_nos)
    elif facts.may_be_taken_back:
        turn_back(work, order, REFUSED)
    else:
        give_back_refused(work, order, apart.line_nos)
        give_up(work, lock_known_order(work, order.order_id))


def give_up(work: Work, order: sa.Row) -> None:
    """With the partner's reason, for whoever looks. Needs the order's lock."""
    plan = plan_of(order)
    if plan[STEP].state == "doing":
        given_back = {line_no for line_no, _ in places_claimed(work, order.order_id)}
        missing = {line.line_no for line in facts_about(work, order).lines} - given_back
        problem = problems_of(work, order, missing)
        move_on_with(work, order, given_up(plan, STEP, problem, work.now))


def _known(work: Work, operation_id: str) -> sa.Row:
    row = find_provisioning(work, operation_id)
    if row is None:
        raise LookupError(operation_id)
    return row


def _contradicted(work: Work, row: sa.Row, result: Result) -> str:
    """The first word stands; that there is another one must be seen by somebody."""
    log.error("partner_contradicts_itself", operation_id=row.operation_id, was=row.state, says=result.state)
    said = {"operation_id": row.operation_id, "was": row.state, "says": result.state, "problem": result.problem}
    add_fact(work, row.order_id, "provisioning.contradicted", **said)
    return IGNORED
