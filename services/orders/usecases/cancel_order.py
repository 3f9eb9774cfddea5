"""A member calls an order off: before it is paid it closes; after that, as long as nothing has been handed over."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.answers import Question
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused, Reply, accepted, value_of
from services.orders import contract
from services.orders.domain.flows.facts import Facts
from services.orders.domain.order_status import CALLED_OFF
from services.orders.storage.cases import case_replaced_by
from services.orders.storage.locks import lock_order
from services.orders.storage.queries import known_order
from services.orders.usecases.answering import answer_before, answer_once
from services.orders.usecases.drive_orders import drive_order
from services.orders.usecases.move_order import turn_back
from services.orders.usecases.order_facts import facts_about
from services.orders.usecases.ownership import owned
from services.orders.usecases.views import view_of


def cancel_order(works: Works, request: dict[str, Any]) -> Any:
    """The order: closing or closed, cancelled, or (when logistics gave no answer yet) still cancelling. Cancelling
    what is called off already changes nothing."""
    question = Question.of(contract.CANCEL_ORDER.address, request)
    known = answer_before(works, question)
    if known is not None:
        return value_of(known)
    try:
        order = works.run(call_off, request)
    except Refused as refused:
        refusal = refused.as_reply()
        return value_of(answer_once(works, question, lambda _: refusal))
    if order.status == "cancelling":
        drive_order(works, order.order_id)
    return value_of(report(works, question, order.order_id))


def call_off(work: Work, request: dict[str, Any]) -> sa.Row:
    order = owned(lock_order(work, request["order_id"]), request["member_id"])
    if order.status in CALLED_OFF:
        return order
    facts = facts_about(work, order)
    if order.status != "awaiting_payment" and not is_cancellable(order, facts):
        raise not_cancellable(order)
    if case_replaced_by(work, order.order_id):
        raise Refused(contract.NOT_CANCELLABLE, "it replaces goods that came back", status=order.status)
    return turn_back(work, order, request["reason"], facts)


def is_cancellable(order: sa.Row, facts: Facts) -> bool:
    """Whoever wants it called off decides about its open cases first."""
    return is_stoppable(order, facts) and not facts.is_case_open


def is_stoppable(order: sa.Row, facts: Facts) -> bool:
    """Nothing of it is handed over: what cannot be sent any more takes its open cases along."""
    return order.status == "confirmed" and facts.is_untouched


def report(works: Works, question: Question, order_id: str) -> Reply:
    """``cancelling`` is no last word: that answer is not kept, so the same request finds the outcome later."""
    order = works.run(lambda work, _: known_order(work, order_id), {})
    if order.status == "cancelling":
        return works.run(lambda work, _: reply_of(work, order), {})
    return answer_once(works, question, lambda work: reply_of(work, order))


def reply_of(work: Work, order: sa.Row) -> Reply:
    if order.status not in CALLED_OFF:
        return not_cancellable(order).as_reply()
    return accepted(contract.CANCEL_ORDER.dump_reply(view_of(work, order)))


def not_cancellable(order: sa.Row) -> Refused:
    return Refused(
        contract.NOT_CANCELLABLE,
        "the goods are handed over, or the order is over",
        status=order.status,
        fulfilment_status=order.fulfilment_status,
    )
