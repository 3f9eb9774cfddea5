"""Looking at cases: a member's, or those that staff has to do with."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.aftersale.units import worth
from services.orders.domain.timeline import who_for
from services.orders.storage.case_terms import reasons_in_force
from services.orders.storage.cases import find_case, page_of_cases, units_of
from services.orders.storage.tenders import tenders_of_orders

View = dict[str, Any]


def get_case(work: Work, request: dict[str, Any]) -> View:
    case = find_case(work, request["case_id"])
    if case is None or case.member_id != request["member_id"]:
        raise Refused(contract.CASE_UNKNOWN, "this member has no such case")
    return told_to_its_member(view_of_case(work, case))


def list_cases(work: Work, request: dict[str, Any]) -> View:
    """Newest first."""
    wanted = {name: request[name] for name in ("member_id", "order_id")}
    views = views_of_cases(work, page_of_cases(work, request["limit"], **wanted))
    return {"cases": [told_to_its_member(view) for view in views]}


def find_cases(work: Work, request: dict[str, Any]) -> View:
    """Newest first, whosever they are."""
    wanted = {name: request[name] for name in ("merchant_id", "kind", "status", "is_stuck")}
    return {"cases": views_of_cases(work, page_of_cases(work, request["limit"], **wanted))}


def told_to_its_member(view: View) -> View:
    """With the reason of what was decided, without the name of who of ours did it."""
    decided_by = view["decided_by"] and who_for(view["member_id"], view["decided_by"])
    return {**view, "decided_by": decided_by}


def view_of_case(work: Work, case: sa.Row) -> View:
    return views_of_cases(work, [case])[0]


def list_case_reasons(work: Work, _: dict[str, Any]) -> View:
    return {"reasons": reasons_in_force(work)}


def views_of_cases(work: Work, cases: Sequence[sa.Row]) -> list[View]:
    units = units_of(work, [case.case_id for case in cases])
    paid = cash_paid(work, [case.order_id for case in cases])
    return [_view(case, units[case.case_id], case.order_id in paid) for case in cases]


def cash_paid(work: Work, order_ids: Sequence[str]) -> set[str]:
    """Orders whose cash has come: what was promised for the door and called off before has not."""
    tenders = tenders_of_orders(work, order_ids)
    return {
        order_id
        for order_id, of_order in tenders.items()
        if any(tender.kind == "cash" and tender.state.is_captured for tender in of_order)
    }


def back_of(units: Iterable[sa.Row], is_cash_paid: bool) -> dict[str, int]:
    back = worth(units)
    return {"points": back["points"], "coins": back["coins"], "cash_fen": back["cash"] if is_cash_paid else 0}


def _view(case: sa.Row, units: Sequence[sa.Row], is_cash_paid: bool) -> View:
    amounts = back_of((unit for unit in units if unit.is_given_back), is_cash_paid)
    return {**case._mapping, **amounts, "units": [dict(unit._mapping) for unit in units]}
