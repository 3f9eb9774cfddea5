"""The life of a code after its issue. That it was issued stays so, whatever becomes of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.catalog import contract
from services.chassis.clock import local_date
from services.chassis.refusal import Refused
from services.chassis.schemas import to_wire
from services.chassis.transitions import Transitions

ISSUED, VERIFIED, VOIDED, EXPIRED = contract.CODE_STATES

CODE_LIFE = Transitions(
    name="code",
    initial=ISSUED,
    table={ISSUED: {"verify": VERIFIED, "void": VOIDED}, VERIFIED: {"undo": ISSUED}, VOIDED: {}},
)
_STATE_AFTER = {"verified": VERIFIED, "undone": ISSUED, "voided": VOIDED}


@dataclass(frozen=True)
class Deed:
    """What was done last with a code; ``version`` counts what was done with it."""

    version: int
    what: str
    key_id: str | None
    actor: str
    done_at: datetime


def state_of(last: Deed | None) -> str:
    return _STATE_AFTER[last.what] if last else ISSUED


def state_shown(last: Deed | None, valid_until: date | None, now: datetime) -> str:
    """``expired`` is nothing that is done with a code: its last day is over, and nobody used it."""
    state = state_of(last)
    return EXPIRED if state == ISSUED and _is_over(valid_until, now) else state


def refuse_unless_good(last: Deed | None, valid_until: date | None, now: datetime) -> None:
    refuse_unless_unused(last)
    if state_shown(last, valid_until, now) == EXPIRED:
        raise Refused(contract.CODE_EXPIRED, "the code is too old", valid_until=str(valid_until))


def refuse_unless_unused(last: Deed | None) -> None:
    state = state_of(last)
    if state == VERIFIED and last:
        raise Refused(
            contract.CODE_USED,
            "the code was used before",
            verified_at=to_wire(last.done_at),
            counter=last.key_id,
            verified_by=last.actor,
        )
    if state == VOIDED:
        raise Refused(contract.CODE_VOIDED, "the code was given back")


def refuse_unless_undoable(last: Deed | None, undo_within: timedelta, now: datetime) -> None:
    if last is None or state_of(last) != VERIFIED:
        raise Refused(contract.CODE_NOT_VERIFIED, "the code is not used", state=state_of(last))
    if now > last.done_at + undo_within:
        raise Refused(contract.UNDO_TOO_LATE, "too long ago to be undone", verified_at=to_wire(last.done_at))


def _is_over(valid_until: date | None, now: datetime) -> bool:
    return valid_until is not None and local_date(now) > valid_until
