"""A confirmed order that is called off is a case too, about all pieces that are left of it: whoever looks at what went
back finds one kind of record. It follows the order; the money does not go back by it, but with the order."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.orders import contract
from services.orders.domain.aftersale.case import CASE
from services.orders.domain.aftersale.units import Unit, all_units, by_line
from services.orders.domain.flows.facts import Facts
from services.orders.storage.cases import (
    add_units,
    cases_of_order,
    change_units,
    insert_case,
    places_claimed,
    units_of,
)
from services.orders.storage.queries import lines_of
from services.orders.usecases.aftersale.look_up_cases import back_of
from services.orders.usecases.aftersale.move_case import decided, end_case, move_case
from services.orders.usecases.aftersale.telling import tell, tell_refunded

CALLED_OFF = "called_off"
CALLED_OFF_WHOLE = "the order was called off: what it was paid with goes back with it"
WENT_ON = "the order goes on: its goods are out"


def follow_called_off(work: Work, before: sa.Row, order: sa.Row, facts: Facts) -> None:
    """What a move of the order from what it was ``before`` means for its cases. Needs the order's lock."""
    match before.status, order.status:
        case "confirmed", "cancelling":
            open_cancellations(work, order, cases_of_order(work, order.order_id))
        case "confirmed" | "cancelling", "cancelled":
            cases = cases_of_order(work, order.order_id)
            overtake_cases(work, cases)
            for case in open_cancellations(work, order, cases):
                settle_cancellation(work, case, facts)
        case "cancelling", "confirmed" | "completed":
            for case in _cancelling(cases_of_order(work, order.order_id)):
                end_case(work, case, "resumed", "rejected", **decided(work, WENT_ON))


def overtake_cases(work: Work, cases: list[sa.Row]) -> None:
    """What a member wanted before the order was called off comes with its end: those pieces are given back with it,
    and by no case besides. While it is not certain that the order ends, their cases stay as they are."""
    for case in cases:
        if CASE.allows(case.status, "overtake"):
            end_case(work, case, "overtake", "withdrawn", **decided(work, CALLED_OFF_WHOLE))


def open_cancellations(work: Work, order: sa.Row, cases: list[sa.Row]) -> list[sa.Row]:
    """All there are then of an order with these ``cases``: one about the pieces that no other case has; one for each
    merchant of an order that is from before orders had one merchant alone. What other cases have let go of meanwhile
    comes to the one that is there."""
    lines = [dict(row._mapping) for row in lines_of(work, [order.order_id])[order.order_id]]
    taken = places_claimed(work, order.order_id)
    left = [unit for unit in all_units(lines) if unit.place not in taken]
    merchant_of = {line["line_no"]: line["merchant_id"] for line in lines}
    there = {case.merchant_id: case for case in _cancelling(cases)}
    for merchant_id in sorted({merchant_of[unit.line_no] for unit in left}):
        pieces = [unit for unit in left if merchant_of[unit.line_no] == merchant_id]
        if merchant_id in there:
            add_units(work, there[merchant_id], pieces)
        else:
            there[merchant_id] = _open(work, order, merchant_id, pieces)
    return list(there.values())


def _open(work: Work, order: sa.Row, merchant_id: str, pieces: list[Unit]) -> sa.Row:
    values = {
        "case_id": derived_id("cas", order.order_id, str(order.version), merchant_id),
        "order_id": order.order_id,
        "member_id": order.member_id,
        "merchant_id": merchant_id,
        "kind": contract.CANCEL,
        "status": "requested",
        "reason": CALLED_OFF,
        "note": order.close_reason,
    }
    case = insert_case(work, values, pieces)
    tell(work, contract.CASE_OPENED, case, lines=by_line(pieces))
    return move_case(work, case, "call_off", **decided(work, CALLED_OFF))


def settle_cancellation(work: Work, case: sa.Row, facts: Facts) -> None:
    """All that was paid is on its way back with the order, asked for in this very transaction."""
    units = units_of(work, [case.case_id])[case.case_id]
    change_units(work, case.case_id, [(unit.line_no, unit.unit_no) for unit in units], given_back_in=case.version)
    case = move_case(work, case, "cancelled")
    tell_refunded(work, case, units, **back_of(units, facts.is_captured("cash")))


def _cancelling(cases: list[sa.Row]) -> list[sa.Row]:
    return [case for case in cases if case.status == "cancelling"]
