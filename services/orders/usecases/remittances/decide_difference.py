"""What people do about what differs: what is too much is explained by one, what is missing is written off by two."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.storage.locks import lock_claim
from services.orders.storage.remittance_differences import (
    ask_write_off_of,
    close_remittance_difference,
    find_remittance_difference,
    refuse_write_off_of,
)
from services.orders.storage.remittances import settle_by_hand
from services.orders.usecases.remittances.look_at_claims import announce_closed

OPEN, ASKED, EXPLAINED, WRITTEN_OFF = "open", "write_off_asked", "explained", "written_off"


def explain_remittance_difference(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Why the carrier has paid too much, for good. Nobody explains away what it has not paid."""
    difference = _locked(work, request["difference_id"], OPEN)
    if difference.missing_fen > 0:
        raise Refused(contract.REMITTANCE_MONEY_MISSING, "what is missing can only be written off")
    return _settle(work, difference, EXPLAINED, request["reason"])


def ask_write_off(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """It waits for somebody else."""
    difference = _locked(work, request["difference_id"], OPEN)
    if difference.missing_fen < 0:
        raise Refused(contract.REMITTANCE_NOTHING_MISSING, "the carrier has paid too much: that is explained")
    return dict(ask_write_off_of(work, difference.difference_id, request["reason"])._mapping)


def decide_write_off(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """By somebody else than who asked for it; who asked may take it back."""
    difference = _locked(work, request["difference_id"], ASKED)
    if not request["is_approved"]:
        return dict(refuse_write_off_of(work, difference.difference_id)._mapping)
    if difference.asked_by == work.context.actor:
        raise Refused(contract.REMITTANCE_OWN_WISH, "somebody else than who asked for it has to decide")
    return _settle(work, difference, WRITTEN_OFF, request["reason"])


def _locked(work: Work, difference_id: str, state: str) -> sa.Row:
    """As it is once nobody else can change it."""
    known = find_remittance_difference(work, difference_id)
    if known is None:
        raise Refused(contract.REMITTANCE_DIFFERENCE_UNKNOWN, "no such difference")
    lock_claim(work, known.carrier, known.waybill_no)
    difference = find_remittance_difference(work, difference_id) or known
    if difference.state != state:
        raise Refused(
            contract.REMITTANCE_DIFFERENCE_NOT_THERE, "it is not where this can be done", state=difference.state
        )
    return difference


def _settle(work: Work, difference: sa.Row, state: str, reason: str) -> dict[str, Any]:
    settle_by_hand(work, difference)
    closed = close_remittance_difference(work, difference.difference_id, state, reason)
    announce_closed(work, closed)
    return dict(closed._mapping)
