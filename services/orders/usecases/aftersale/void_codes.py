"""Money for pieces with codes: catalog voids the codes before anything goes back, all of them or none."""

from typing import Any

import sqlalchemy as sa
import structlog

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Reply
from services.orders.domain.aftersale.codes import codes_of_units, have_codes
from services.orders.storage.cases import units_of
from services.orders.storage.locks import lock_case
from services.orders.storage.queries import codes_of, lines_of
from services.orders.storage.writes import mark_voided
from services.orders.usecases.aftersale.move_case import decided, end_case, hold_up, move_case
from services.orders.usecases.aftersale.refund_case import give_back_pieces
from services.orders.usecases.aftersale.telling import note, tell_decided
from services.orders.usecases.move_order import move_on

CODE_TAIL = 4
STILL_TO_COME = "its codes are still to come"
log = structlog.get_logger(__name__)


def begin_refund(work: Work, order: sa.Row, case: sa.Row, event: str, **values: Any) -> sa.Row:
    """At once, or, if its pieces have codes, when these are void. ``event``: what the case's table calls the first."""
    units = [unit for unit in units_of(work, [case.case_id])[case.case_id] if unit.claims]
    if have_codes(_lines(work, case), units):
        return move_case(work, case, f"{event}_of_codes", due_at=work.now, **values)
    return give_back_pieces(work, order, move_case(work, case, event, due_at=work.now, **values))


def void_codes(works: Works, case_id: str) -> None:
    """Asked again it is the same request, whose answer catalog remembers."""
    asked = works.run(lambda work, _: codes_to_void(work, case_id), {})
    if asked is None:
        works.run(lambda work, _: hold_up(work, case_id, "voiding", STILL_TO_COME), {})
        return
    try:
        reply = works.rpc.ask(catalog.VOID_CODES, asked)
    except RpcFault as fault:
        problem = str(fault) or type(fault).__name__
        log.warning("codes_not_voided_yet", case_id=case_id, problem=problem)
        works.run(lambda work, _: hold_up(work, case_id, "voiding", problem), {})
        return
    works.run(lambda work, _: conclude(work, case_id, asked, reply), {})


def codes_to_void(work: Work, case_id: str) -> dict[str, Any] | None:
    """What catalog is asked: once after the approval, once more if a dispute was won; None while codes are still to
    come."""
    order, case = lock_case(work, case_id)
    units = [unit for unit in units_of(work, [case_id])[case_id] if unit.claims]
    codes = codes_of_units(_lines(work, case), codes_of(work, [order.order_id])[order.order_id], units)
    if not codes:
        return None
    round_ = "disputed" if case.disputed_at else "approved"
    return {"request_id": f"{case_id}:{round_}", "order_id": order.order_id, "codes": codes, "reason": case_id}


def conclude(work: Work, case_id: str, asked: dict[str, Any], reply: Reply) -> None:
    order, case = lock_case(work, case_id)
    if case.status != "voiding":
        return
    if reply["ok"]:
        take_as_void(work, order, case, asked["codes"])
    else:
        reject_as_not_void(work, case, f"its codes cannot be given back: {reply['rejection']['code']}")
    move_on(work, order)


def take_as_void(work: Work, order: sa.Row, case: sa.Row, codes: list[str]) -> None:
    mark_voided(work, order.order_id, codes)
    note(work, case, "codes_voided", code_tails=[code[-CODE_TAIL:] for code in codes])
    give_back_pieces(work, order, move_case(work, case, "voided", due_at=work.now))


def reject_as_not_void(work: Work, case: sa.Row, because: str) -> None:
    tell_decided(work, case, "rejected", because)
    end_case(work, case, "reject", "rejected", **decided(work, because))


def _lines(work: Work, case: sa.Row) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in lines_of(work, [case.order_id])[case.order_id]]
