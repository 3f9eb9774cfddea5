"""Single pieces of a confirmed order are called off before they are on their way: a case that nobody decides but those
who have the goods. Of an order of which nothing would be left, the order itself."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.aftersale.offering import require_not_on_its_way, require_paid, require_withholdable
from services.orders.domain.aftersale.units import all_units, require_free, units_asked
from services.orders.storage.cases import case_replaced_by, cases_of_order, places_claimed
from services.orders.storage.locks import lock_order
from services.orders.storage.queries import lines_of, parcels_of
from services.orders.storage.tenders import tenders_of
from services.orders.storage.writes import add_fact
from services.orders.usecases.aftersale.cancel_case import CALLED_OFF
from services.orders.usecases.aftersale.look_up_cases import view_of_case
from services.orders.usecases.aftersale.open_withholding import open_withholding
from services.orders.usecases.cancel_order import is_cancellable
from services.orders.usecases.move_order import turn_back
from services.orders.usecases.order_facts import facts_about
from services.orders.usecases.ownership import owned

STAFF = "staff"


def cancel_pieces(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The case: withholding until it is known whether the pieces are still here, or, of a whole order, cancelling."""
    found, member_id, because = lock_order(work, request["order_id"]), request["member_id"], request["reason"]
    order = owned(found, member_id or getattr(found, "member_id", ""))
    rows = [dict(row._mapping) for row in lines_of(work, [order.order_id])[order.order_id]]
    units, taken = units_asked(rows, request["lines"]), places_claimed(work, order.order_id)
    require_free(units, taken)
    _require_live(work, order)
    if len(units) + len(taken) == len(all_units(rows)) and is_cancellable(order, facts_about(work, order)):
        _turn_back(work, order, is_staff=member_id is None, because=because)
        return view_of_case(work, _case_of_the_whole(work, order))
    lines = {line["line_no"]: line for line in rows}
    _require_here(work, order)
    require_withholdable(lines, units)
    require_not_on_its_way(parcels_of(work, [order.order_id])[order.order_id], units)
    key = (member_id or STAFF, request["request_id"])
    return view_of_case(work, open_withholding(work, order, lines, units, key, CALLED_OFF, because))


def _turn_back(work: Work, order: sa.Row, is_staff: bool, because: str) -> None:
    """What staff says to it stays in the order's record; its member reads why it was called off."""
    if is_staff:
        add_fact(work, order.order_id, "order.moved_by_hand.call_off", reason=because)
    turn_back(work, order, contract.CALLED_OFF_BY_MALL if is_staff else because)


def _require_live(work: Work, order: sa.Row) -> None:
    if order.status != "confirmed":
        raise Refused(contract.CASE_NOT_OFFERED, "the order is not paid, or is over", status=order.status)
    if case_replaced_by(work, order.order_id):
        raise Refused(contract.CASE_NOT_OFFERED, "it replaces goods that came back", status=order.status)


def _require_here(work: Work, order: sa.Row) -> None:
    """What is still to come, or is paid at the door, is called off as a whole."""
    if order.variant == contract.PRESALE and order.allotted_at is None:
        raise Refused(contract.CASE_NOT_OFFERED, "the goods are still to come", status=order.status)
    require_paid(tender.state for tender in tenders_of(work, order.order_id) if tender.kind == "cash")


def _case_of_the_whole(work: Work, order: sa.Row) -> sa.Row:
    of_order = [case for case in cases_of_order(work, order.order_id) if case.kind == contract.CANCEL]
    return next(case for case in of_order if case.status in ("cancelling", "closed"))
