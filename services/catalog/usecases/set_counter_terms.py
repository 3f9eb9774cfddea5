"""Operators decide how often a counter may get a code wrong, and for how long it may undo a verification."""

from typing import Any

from services.catalog import contract
from services.catalog.storage.counters import all_terms, write_terms
from services.chassis.data.work import Work
from services.chassis.refusal import Refused

LIMITS = {"most_wrong": (1, 1000), "wrong_within_s": (1, 86_400), "undo_within_s": (0, 86_400)}


def set_counter_terms(work: Work, request: dict[str, Any]) -> list[dict[str, Any]]:
    """``request``: what LIMITS names (None: as it is decided last), effective_from (None: now), reason. Returns all
    terms, newest first."""
    begins = request["effective_from"] or work.now
    if begins < work.now:
        raise Refused(contract.POLICY_BACKDATED, "terms cannot take effect in the past")
    last = all_terms(work)[0]
    decided = {name: last[name] if request[name] is None else request[name] for name in LIMITS}
    for name, (least, most) in LIMITS.items():
        if not least <= decided[name] <= most:
            raise Refused(contract.TERMS_INVALID, f"{name} is {least} to {most}")
    write_terms(work, {**decided, "effective_from": begins, "reason": request["reason"]})
    return all_terms(work)
