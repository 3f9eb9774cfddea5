"""Codes at the counter of the merchant whose goods they are for: looked up, verified once, undone within minutes."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from services.catalog.contract import CODE_UNVERIFIED, CODE_VERIFIED
from services.catalog.domain.code_life import (
    CODE_LIFE,
    VERIFIED,
    Deed,
    refuse_unless_good,
    refuse_unless_undoable,
    state_of,
    state_shown,
)
from services.catalog.domain.codes import as_printed, tail_of
from services.catalog.storage.code_deeds import add_deed, deeds_of_merchant, last_deeds
from services.catalog.storage.counters import terms_in_force
from services.catalog.storage.locks import lock_code_of_merchant
from services.catalog.usecases.at_counter import named_at_counter
from services.chassis.contract import Event
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused

_WHAT = {"verify": "verified", "undo": "undone"}
_TOLD = ("order_id", "member_id", "sku_id", "element_id", "code", "name_zh", "name_en", "merchant_id")
Answer = dict[str, Any]


@dataclass(frozen=True)
class CodeInHand:
    """A code that nobody else does anything with now, and what was done with it last."""

    row: sa.Row
    last: Deed | None


def find_code(works: Works, request: dict[str, Any]) -> Answer:
    """What a code is for, before it is verified. A wrong one costs a try here too."""
    found = works.run(_look_up, request)
    if isinstance(found, Refused):
        raise found
    return found


def verify_code(work: Work, request: dict[str, Any]) -> Answer | Refused:
    code = _in_hand(work, request)
    if isinstance(code, Refused):
        return code
    refuse_unless_good(code.last, code.row.valid_until, work.now)
    return _do(work, code, "verify", CODE_VERIFIED, request["key_id"], "verified at the counter")


def undo_verification(work: Work, request: dict[str, Any]) -> Answer | Refused:
    """The code is as good as it was before."""
    code = _in_hand(work, request)
    if isinstance(code, Refused):
        return code
    refuse_unless_undoable(code.last, terms_in_force(work).undo_within, work.now)
    return _do(work, code, "undo", CODE_UNVERIFIED, request["key_id"], request["reason"])


def list_verifications(work: Work, request: dict[str, Any]) -> Answer:
    return {"verifications": deeds_of_merchant(work, request)}


def _look_up(work: Work, request: dict[str, Any]) -> Answer | Refused:
    code = _in_hand(work, request)
    return code if isinstance(code, Refused) else _shown(work, code.row, code.last)


def _in_hand(work: Work, request: dict[str, Any]) -> CodeInHand | Refused:
    find = partial(lock_code_of_merchant, work, request["merchant_id"], as_printed(request["code"]))
    row = named_at_counter(work, request["key_id"], find)
    return row if isinstance(row, Refused) else CodeInHand(row, last_deeds(work, [row.id]).get(row.id))


def _do(work: Work, code: CodeInHand, event: str, told: Event, key_id: str, reason: str) -> Answer:
    CODE_LIFE.next(state_of(code.last), event)
    row, version = code.row, code.last.version + 1 if code.last else 1
    deed = Deed(version, _WHAT[event], key_id, work.context.actor, work.now)
    number = add_deed(work, row.id, deed, row.merchant_id, reason)
    data = {name: getattr(row, name) for name in (*_TOLD, "merchant_zh", "merchant_en")}
    work.emit(told, row.order_id, {**data, "version": version, "key_id": key_id, "done_at": work.now}, number)
    return _shown(work, row, deed)


def _shown(work: Work, row: sa.Row, last: Deed | None) -> Answer:
    """The contract's CodeAtCounter."""
    state = state_shown(last, row.valid_until, work.now)
    return {
        **{name: getattr(row, name) for name in ("form", "element_id", "sku_id", "name_zh", "name_en")},
        "code_tail": tail_of(row.code),
        "state": state,
        "order_no": row.order_id[-8:].upper(),
        "valid_until": row.valid_until and row.valid_until.isoformat(),
        "verified_at": last.done_at if last and state == VERIFIED else None,
    }
