"""The one commit of placing: the order with everything that is held for it, and how it is to be carried out."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders import contract
from services.orders.domain.flows.course import Course, course_of
from services.orders.domain.flows.facts import Facts
from services.orders.domain.order_status import ORDER, PLACING
from services.orders.domain.placing import Draft
from services.orders.domain.split import UNITS
from services.orders.domain.tenders import TenderEvent, fold_tender
from services.orders.domain.terms import Deadlines
from services.orders.storage.carts import take_placed
from services.orders.storage.flows import PoliciesInForce
from services.orders.storage.tenders import note_tender_event
from services.orders.storage.writes import add_fact, insert_order
from services.orders.usecases.move_order import columns_after
from services.orders.usecases.order_facts import lines_to_deliver, sent_from
from services.orders.usecases.plan_order import new_plan
from services.orders.usecases.step_effects import columns_of, effect_of
from services.orders.usecases.views import new_view


def write_order(work: Work, draft: Draft, deadlines: Deadlines) -> sa.Row | None:
    """The new order, as far as it gets at once: with nothing to pay in cash, or to be approved,
    it is confirmed. None if it exists."""
    facts = facts_when_placed(draft, deadlines)
    plan, status = new_plan(work, draft.deliveries, draft.variant), ORDER.next(PLACING, "place")
    course = course_of(plan, facts, status, work.now, PoliciesInForce(work))
    order = insert_order(work, draft, first_values(work, course, facts))
    if order is None:
        return None
    record_holds(work, draft)
    if draft.is_from_cart:
        take_placed(work, draft.member_id, draft.lines)
    paid_with = {column: getattr(draft, column) for column in UNITS.values()}
    add_fact(work, draft.order_id, "order.placed", **paid_with, channel=draft.channel)
    if draft.credit:
        add_fact(work, draft.order_id, "cash.promised", amount_fen=draft.cash_fen, reasons=draft.credit.reasons)
    if order.status == status:
        work.emit(contract.ORDER_PLACED, order.order_id, new_view(order, draft.lines), order.version)
    for move in course.moves:
        effect_of(work, order, facts, move)
    return order


def facts_when_placed(draft: Draft, deadlines: Deadlines) -> Facts:
    """Its points are held; of its cash nothing has come."""
    events = {tender["kind"]: holds_of(draft, tender) for tender in draft.tenders}
    return Facts(
        tenders={
            tender["kind"]: fold_tender(tender["kind"], tender["due"], events[tender["kind"]])
            for tender in draft.tenders
        },
        lines=lines_to_deliver(draft.lines),
        cash_provider=draft.provider,
        pay_by=deadlines.pay_by,
        approve_by=deadlines.approve_by,
        ships_from=sent_from(day for line in draft.lines if (day := line.get("ships_from"))),
    )


def holds_of(draft: Draft, tender: dict[str, Any]) -> list[TenderEvent]:
    return [] if tender["kind"] == "cash" else [TenderEvent("hold", "succeeded", tender["due"], draft.order_id)]


def record_holds(work: Work, draft: Draft) -> None:
    for tender in draft.tenders:
        for held in holds_of(draft, tender):
            note_tender_event(work, tender["tender_id"], held)


def first_values(work: Work, course: Course, facts: Facts) -> dict[str, Any]:
    values = columns_after(course, facts, work.now) | {"pay_by": facts.pay_by, "approve_by": facts.approve_by}
    for move in course.moves:
        values |= columns_of(work, move, course.status)
    return values
