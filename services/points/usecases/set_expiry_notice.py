"""Ops decide how many days before their last one members are told of expiring points."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.storage.notices import put_notice_rule
from services.points.usecases.time_to_come import insist_on_time_to_come

LONGEST = 365


def set_expiry_notice(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: {"days_before", "given", "effective_from"}; the same with "actor". ``given`` false ends a notice."""
    if not 1 <= request["days_before"] <= LONGEST:
        raise Refused(contract.EXPIRY_POLICY_INVALID, f"a notice is given from 1 to {LONGEST} days before")
    insist_on_time_to_come(work, request["effective_from"], contract.EXPIRY_BACKDATED)
    put_notice_rule(work, **request)
    return request | {"actor": work.context.actor}
