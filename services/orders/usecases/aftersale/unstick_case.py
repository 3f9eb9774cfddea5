"""Cases that do not get on: found, and moved by hand. Each move is a fact of the order, with who did it and why."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.aftersale.case import ERRANDS
from services.orders.storage.cases import update_case
from services.orders.usecases.aftersale.look_up_cases import view_of_case
from services.orders.usecases.aftersale.move_case import errand_begun, known_case, move_case
from services.orders.usecases.aftersale.refund_case import give_back_pieces
from services.orders.usecases.aftersale.telling import note
from services.orders.usecases.aftersale.void_codes import codes_to_void, reject_as_not_void, take_as_void
from services.orders.usecases.move_order import move_on

Move = Callable[[Work, sa.Row, sa.Row, str], Any]


def unstick_case(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``move`` is one of MOVES. Refuses what the case is not in."""
    order, case = known_case(work, request)
    move, status = request["move"], case.status
    MOVES[move](work, order, case, request["reason"])
    note(work, case, f"moved_by_hand.{move}", status=status, reason=request["reason"])
    move_on(work, order)
    return view_of_case(work, known_case(work, request)[1])


def ask_again(work: Work, _: sa.Row, case: sa.Row, __: str) -> None:
    if case.status not in ERRANDS:
        raise _not_there(case, "nobody is asked about it now")
    update_case(work, case, due_at=work.now, **errand_begun(work, case.status))


def count_as_void(work: Work, order: sa.Row, case: sa.Row, _: str) -> None:
    """Somebody has seen that nobody can use its codes any more. Not while they are still to come: whoever gets them
    then would have them and the money."""
    _require(case, "voiding")
    asked = codes_to_void(work, case.case_id)
    if asked is None:
        raise _not_there(case, "its codes are still to come")
    take_as_void(work, order, case, asked["codes"])


def give_up(work: Work, _: sa.Row, case: sa.Row, reason: str) -> None:
    """Somebody has seen that its codes are good, and stay so."""
    _require(case, "voiding")
    reject_as_not_void(work, case, reason)


def refund_instead(work: Work, order: sa.Row, case: sa.Row, _: str) -> None:
    """No goods instead, but what they cost. What catalog may have reserved ends by itself."""
    _require(case, "replacing")
    give_back_pieces(work, order, move_case(work, case, "run_out", due_at=work.now))


MOVES: dict[str, Move] = {"ask": ask_again, "done": count_as_void, "reject": give_up, "refund": refund_instead}


def _require(case: sa.Row, status: str) -> None:
    if case.status != status:
        raise _not_there(case, f"it is not {status}")


def _not_there(case: sa.Row, message: str) -> Refused:
    return Refused(contract.CASE_NOT_THERE, message, status=case.status)
