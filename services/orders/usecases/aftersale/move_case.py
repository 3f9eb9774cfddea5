"""A case goes on, as its table allows; the order follows what that means for it."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.aftersale.case import CASE, SETTLED
from services.orders.storage.cases import find_case, let_go_of_units, update_case
from services.orders.storage.locks import lock_case
from services.orders.usecases.aftersale.telling import tell_closed


def move_case(work: Work, case: sa.Row, event: str, **values: Any) -> sa.Row:
    """Refuses what the case is not in. Nothing is due any more unless ``due_at`` is said. Needs the order's lock."""
    require_there(case, event)
    status = CASE.next(case.status, event)
    ended_at = work.now if status in SETTLED else None
    changed = {"status": status, "ended_at": ended_at, "due_at": None, "problem": None, **values}
    return update_case(work, case, **changed)


def require_there(case: sa.Row, event: str) -> None:
    """For what is changed before the case itself is moved."""
    if not CASE.allows(case.status, event):
        raise Refused(contract.CASE_NOT_THERE, "the case is at another point", status=case.status)


def end_case(work: Work, case: sa.Row, event: str, outcome: str, **values: Any) -> sa.Row:
    """Without anything given back: another case may have its pieces."""
    let_go_of_units(work, case.case_id)
    case = move_case(work, case, event, **values)
    tell_closed(work, case, outcome)
    return case


def known_case(work: Work, request: dict[str, Any]) -> tuple[sa.Row, sa.Row]:
    """Its order, locked, and the case, if it is of the member or the merchant that the request names; to anybody else
    it does not exist."""
    case = find_case(work, request["case_id"])
    names = [name for name in ("member_id", "merchant_id") if request.get(name)]
    if case is None or any(getattr(case, name) != request[name] for name in names):
        raise Refused(contract.CASE_UNKNOWN, "no such case", case_id=request["case_id"])
    return lock_case(work, case.case_id)


def decided(work: Work, because: str) -> dict[str, Any]:
    return {"decided_by": work.context.actor, "decided_because": because, "decided_at": work.now}
