"""Terms and reasons of cases, as they are from an instant on; cases that are open keep their dates."""

from datetime import datetime
from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.storage.case_terms import EVERYBODY, add_case_reason, add_case_terms, case_terms_in_force

MOST = {"return_days": 365, "auto_approve_hours": 8760, "send_back_days": 90, "dispute_days": 90}


def set_case_terms(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: merchant_id (None: everybody), the terms that change, effective_from (None: now), reason. What is
    not said stays as it is; a negative ``auto_approve_hours`` is never."""
    merchant_id = request["merchant_id"] or EVERYBODY
    now = vars(case_terms_in_force(work, merchant_id))
    said = {name: value for name in now if (value := request[name]) is not None}
    for name, most in MOST.items():
        if not (-1 if name == "auto_approve_hours" else 0) <= said.get(name, 0) <= most:
            raise Refused(contract.CASE_TERMS_WRONG, f"{name} is 0 to {most}")
    terms = {**now, **said}
    if said.get("auto_approve_hours", 0) < 0:
        terms["auto_approve_hours"] = None
    effective_from = _from(work, request["effective_from"])
    row = {"merchant_id": merchant_id, "effective_from": effective_from, "reason": request["reason"], **terms}
    return _decided(add_case_terms(work, **row))


def set_case_reason(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: reason, kinds (none: not offered any more), name_zh, name_en, because."""
    if not set(request["kinds"]) <= set(contract.CASES_OFFERED):
        raise Refused(contract.CASE_TERMS_WRONG, f"kinds are some of {', '.join(contract.CASES_OFFERED)}")
    return _decided(add_case_reason(work, effective_from=work.now, **request))


def _from(work: Work, said: datetime | None) -> datetime:
    effective_from = said or work.now
    if effective_from < work.now:
        raise Refused(contract.CASE_TERMS_WRONG, "the past is not rewritten: now or later")
    return effective_from


def _decided(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        raise Refused(contract.CASE_TERMS_WRONG, "something else was decided for this instant")
    return row
