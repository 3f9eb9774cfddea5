"""A member wants something put right: money back, goods sent back, goods exchanged."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.aftersale.offering import (
    require_offered,
    require_one_merchant,
    require_paid,
    require_returnable,
)
from services.orders.domain.aftersale.units import by_line, require_free, units_asked
from services.orders.storage.case_terms import case_terms_in_force, reasons_in_force
from services.orders.storage.cases import case_replaced_by, insert_case, places_claimed, when_replacements_arrived
from services.orders.storage.locks import lock_order
from services.orders.storage.queries import lines_of
from services.orders.storage.tenders import tenders_of
from services.orders.usecases.aftersale.look_up_cases import view_of_case
from services.orders.usecases.aftersale.telling import note, tell
from services.orders.usecases.move_order import move_on
from services.orders.usecases.ownership import owned


def open_case(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    order = owned(lock_order(work, request["order_id"]), request["member_id"])
    case = write_case(work, order, request)
    move_on(work, order)
    return view_of_case(work, case)


def write_case(work: Work, order: sa.Row, request: dict[str, Any]) -> sa.Row:
    rows = [dict(row._mapping) for row in lines_of(work, [order.order_id])[order.order_id]]
    lines = {line["line_no"]: line for line in rows}
    units, kind = units_asked(rows, request["lines"]), request["kind"]
    if replaces := case_replaced_by(work, order.order_id):
        raise Refused(contract.CASE_NOT_OFFERED, "the case is about what it replaces", order_id=replaces.order_id)
    merchant_id = require_one_merchant(lines, units)
    terms = case_terms_in_force(work, merchant_id)
    require_offered(kind, order.status, arrived_at(work, order), terms, work.now)
    require_paid(tender.state for tender in tenders_of(work, order.order_id) if tender.kind == "cash")
    require_returnable(kind, lines, units)
    if not any(kind in offered.kinds for offered in reasons_in_force(work) if offered.reason == request["reason"]):
        raise Refused(contract.CASE_REASON_UNKNOWN, "not a reason for such a case", kind=kind)
    require_free(units, places_claimed(work, order.order_id))
    values = {
        "case_id": derived_id("cas", request["member_id"], request["request_id"]),
        "order_id": order.order_id,
        "member_id": order.member_id,
        "merchant_id": merchant_id,
        "kind": kind,
        "status": "requested",
        "reason": request["reason"],
        "note": request["note"],
        "due_at": terms.approved_at(work.now),
    }
    case = insert_case(work, values, units)
    note(work, case, "opened", reason=case.reason)
    tell(work, contract.CASE_OPENED, case, lines=by_line(units))
    return case


def arrived_at(work: Work, order: sa.Row) -> datetime | None:
    """When the member had the goods, or what came instead of some of them."""
    if order.delivered_at is None:
        return None
    return max([order.delivered_at, *when_replacements_arrived(work, order.order_id)])
