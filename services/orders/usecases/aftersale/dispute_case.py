"""A member does not accept that a case, or some of its goods, were rejected: operations decides once more, for good."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.aftersale.offering import require_sold
from services.orders.domain.aftersale.units import Unit, require_free
from services.orders.storage.case_terms import case_terms_in_force
from services.orders.storage.cases import change_units, places_claimed, units_of
from services.orders.usecases.aftersale.decide_case import await_goods
from services.orders.usecases.aftersale.look_up_cases import told_to_its_member, view_of_case
from services.orders.usecases.aftersale.move_case import decided, end_case, known_case, move_case, require_there
from services.orders.usecases.aftersale.telling import note, tell, tell_decided
from services.orders.usecases.aftersale.void_codes import begin_refund
from services.orders.usecases.move_order import move_on

NOBODY_DECIDES = (contract.CANCEL, contract.CANCEL_PART)


def dispute_case(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Once, soon after the decision, and only of what was rejected."""
    order, case = known_case(work, request)
    is_rejected = case.status == "rejected" or rejected_units(work, case)
    if case.disputed_at or case.kind in NOBODY_DECIDES or not is_rejected:
        raise Refused(contract.CASE_NOT_THERE, "nothing of it can be disputed", status=case.status)
    require_sold(order.status)
    until = case_terms_in_force(work, case.merchant_id).dispute_by(case.decided_at)
    if work.now >= until:
        raise Refused(contract.CASE_WINDOW_OVER, "the time for that is over", until=until.isoformat())
    case = move_case(work, case, "dispute", disputed_at=work.now, dispute_note=request["note"])
    note(work, case, "disputed")
    tell(work, contract.CASE_DISPUTED, case, note=request["note"])
    move_on(work, order)
    return told_to_its_member(view_of_case(work, case))


def decide_dispute(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Who is right gets back what the rejected pieces were sold for, once they are here if they never were."""
    order, case = known_case(work, request)
    require_there(case, "uphold")
    is_right, because = request["is_member_right"], request["reason"]
    tell_decided(work, case, contract.DISPUTE_WON if is_right else contract.DISPUTE_LOST, because)
    decide = overrule if is_right else uphold
    case = decide(work, order, case, decided(work, because))
    move_on(work, order)
    return view_of_case(work, case)


def uphold(work: Work, _: sa.Row, case: sa.Row, values: dict[str, Any]) -> sa.Row:
    return end_case(work, case, "uphold", "rejected", **values)


def overrule(work: Work, order: sa.Row, case: sa.Row, values: dict[str, Any]) -> sa.Row:
    """The pieces were free meanwhile: another case may have got them."""
    require_sold(order.status)
    rejected = rejected_units(work, case)
    disputed = rejected or units_of(work, [case.case_id])[case.case_id]
    pieces = [Unit(u.line_no, u.unit_no, u.points, u.coins, u.cash_fen) for u in disputed]
    require_free(pieces, places_claimed(work, case.order_id))
    change_units(work, case.case_id, [piece.place for piece in pieces], claims=True)
    if case.kind != contract.REFUND and not rejected:
        return await_goods(work, case, "overrule_return", **values)
    return begin_refund(work, order, case, "overrule", **values)


def rejected_units(work: Work, case: sa.Row) -> list[sa.Row]:
    return [unit for unit in units_of(work, [case.case_id])[case.case_id] if unit.verdict == "rejected"]
