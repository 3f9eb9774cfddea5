"""What a member wants is approved or rejected: by staff, or by time when nobody said anything."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders import contract
from services.orders.domain.aftersale.offering import require_sold
from services.orders.storage.case_terms import case_terms_in_force
from services.orders.usecases.aftersale.look_up_cases import view_of_case
from services.orders.usecases.aftersale.move_case import decided, end_case, known_case, move_case, require_there
from services.orders.usecases.aftersale.telling import tell_decided
from services.orders.usecases.aftersale.void_codes import begin_refund
from services.orders.usecases.move_order import move_on

NOBODY_SAID_NO = "nobody decided in time"


def approve_case(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    order, case = known_case(work, request)
    case = approve(work, order, case, request["reason"])
    move_on(work, order)
    return view_of_case(work, case)


def reject_case(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    order, case = known_case(work, request)
    tell_decided(work, case, "rejected", request["reason"])
    case = end_case(work, case, "reject", "rejected", **decided(work, request["reason"]))
    move_on(work, order)
    return view_of_case(work, case)


def approve(work: Work, order: sa.Row, case: sa.Row, because: str) -> sa.Row:
    """Money goes back at once; goods have to come back first, and codes to be voided."""
    require_there(case, "approve_return" if case.kind != contract.REFUND else "approve_refund")
    require_sold(order.status)
    tell_decided(work, case, "approved", because)
    if case.kind != contract.REFUND:
        return await_goods(work, case, "approve_return", **decided(work, because))
    return begin_refund(work, order, case, "approve_refund", **decided(work, because))


def await_goods(work: Work, case: sa.Row, event: str, **values: Any) -> sa.Row:
    terms = case_terms_in_force(work, case.merchant_id)
    waited_for = {"return_address": dict(terms.return_address), "due_at": terms.send_back_by(work.now)}
    return move_case(work, case, event, **waited_for, **values)
