"""Codes that are given back: nobody used them, and nobody will. All that are named, or none."""

from typing import Any

import sqlalchemy as sa

from services.catalog.contract import CODE_NOT_FOR_COUNTER, CODE_UNKNOWN
from services.catalog.domain.code_life import CODE_LIFE, Deed, refuse_unless_unused, state_of
from services.catalog.domain.codes import tail_of
from services.catalog.storage.code_deeds import add_deed, last_deeds
from services.catalog.storage.locks import lock_codes_of_order
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def void_codes(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    rows = lock_codes_of_order(work, request["order_id"], request["codes"])
    if len(rows) < len(set(request["codes"])):
        raise Refused(CODE_UNKNOWN, "not all of these codes were issued to the order")
    if elsewhere := [tail_of(row.code) for row in rows if not row.is_for_counter]:
        raise Refused(CODE_NOT_FOR_COUNTER, "nobody here knows whether these are used", code_tails=elsewhere)
    deeds = last_deeds(work, [row.id for row in rows])
    for row in rows:
        _void(work, row, deeds.get(row.id), request["reason"])
    return {"order_id": request["order_id"], "codes": len(rows)}


def _void(work: Work, row: sa.Row, last: Deed | None, reason: str) -> None:
    refuse_unless_unused(last)
    CODE_LIFE.next(state_of(last), "void")
    deed = Deed(last.version + 1 if last else 1, "voided", None, work.context.actor, work.now)
    add_deed(work, row.id, deed, None, reason)
