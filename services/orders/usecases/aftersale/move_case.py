"""A case goes on, as its table allows; the order follows what that means for it."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.aftersale.case import CASE, ERRANDS, SETTLED
from services.orders.domain.flows.policy import StepPolicy
from services.orders.storage.cases import find_case, let_go_of_units, update_case
from services.orders.storage.flows import PoliciesInForce
from services.orders.storage.locks import lock_case
from services.orders.usecases.aftersale.telling import note, tell_closed

LONGEST_PROBLEM = 500


def move_case(work: Work, case: sa.Row, event: str, **values: Any) -> sa.Row:
    """Refuses what the case is not in. Nothing is due any more unless ``due_at`` is said. Needs the order's lock."""
    require_there(case, event)
    status = CASE.next(case.status, event)
    ended_at = work.now if status in SETTLED else None
    changed = {"status": status, "ended_at": ended_at, "due_at": None, **errand_begun(work, status), **values}
    return update_case(work, case, **changed)


def errand_begun(work: Work, status: str) -> dict[str, Any]:
    """Columns of a case about which somebody is asked from now on, or, in any other ``status``, nobody any more."""
    policy = PoliciesInForce(work).get(ERRANDS[status], StepPolicy()) if status in ERRANDS else StepPolicy()
    return {"tries": 0, "problem": None, "stuck_at": policy.stuck_at(work.now), "is_stuck": False}


def take_errand(work: Work, case: sa.Row) -> sa.Row:
    """Somebody is being asked; if nothing comes of it, again after a while, and in the end somebody has to look."""
    next_ask = PoliciesInForce(work).get(ERRANDS.get(case.status, ""), StepPolicy()).next_ask(work.now, case.tries)
    is_stuck = case.stuck_at is not None and work.now >= case.stuck_at
    taken = update_case(work, case, due_at=next_ask, tries=case.tries + 1, is_stuck=is_stuck)
    if is_stuck and not case.is_stuck:
        note(work, taken, "stuck", status=taken.status, problem=taken.problem)
    return taken


def hold_up(work: Work, case_id: str, status: str, problem: str, is_certain: bool = False) -> None:
    """Why a case does not get on. ``is_certain``: asking again will not help, so somebody has to look now."""
    _, case = lock_case(work, case_id)
    if case.status != status:
        return
    stuck = {"stuck_at": work.now, "is_stuck": True} if is_certain else {}
    held = update_case(work, case, problem=problem[:LONGEST_PROBLEM], **stuck)
    if held.is_stuck and not case.is_stuck:
        note(work, held, "stuck", status=status, problem=held.problem)


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
