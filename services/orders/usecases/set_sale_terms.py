"""Operators decide how long buyers have to pay, holds live, goods wait in halls, and until orders complete; orders that
are placed, and goods that wait already, keep their dates."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.storage.terms import all_terms, terms_in_force, write_terms

LIMITS = {
    "pay_window_s": (60, 86_400),
    "hold_grace_s": (60, 86_400),
    "covered_hold_s": (61, 86_400),
    "auto_complete_days": (1, 90),
    "fetch_days": (1, 60),
    "approval_window_s": (60, 345_600),
}


def set_sale_terms(work: Work, request: dict[str, Any]) -> list[dict[str, Any]]:
    """``request``: what LIMITS names (None: as it is decided for then), effective_from (None: now), reason. Returns all
    terms, newest first."""
    begins = request["effective_from"] or work.now
    if begins < work.now:
        raise Refused(contract.SALE_TERMS_INVALID, "the past is not rewritten: now or later")
    said = {name: request[name] for name in LIMITS if request[name] is not None}
    decided = vars(terms_in_force(work, begins)) | said
    _check(decided)
    if not write_terms(work, {**decided, "effective_from": begins, "reason": request["reason"]}):
        raise Refused(contract.SALE_TERMS_INVALID, "something else was decided for this instant")
    return all_terms(work)


def _check(decided: dict[str, int]) -> None:
    for name, (least, most) in LIMITS.items():
        if not least <= decided[name] <= most:
            raise Refused(contract.SALE_TERMS_INVALID, f"{name} is {least} to {most}")
    if decided["covered_hold_s"] <= decided["hold_grace_s"]:
        raise Refused(contract.SALE_TERMS_INVALID, "covered_hold_s is longer than hold_grace_s")
