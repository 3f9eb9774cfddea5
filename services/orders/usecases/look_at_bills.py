"""Providers' bills, and what differs from them, as finance sees and explains it."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.readings import Reading
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.storage.bills import TERMS, add_bill_terms, bill_rows, bill_terms_in_force
from services.orders.storage.differences import close_difference, difference_rows, find_difference, open_by_provider
from services.orders.usecases.correct_differences import announce_closed

EXPLAINED = "explained"


def list_bills(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    return {"bills": [row._mapping for row in bill_rows(work, request["provider"], request["limit"])]}


def list_differences(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    wanted = {name: request[name] for name in ("provider", "state", "what", "day")}
    suspense = sum(fen for _, fen in open_by_provider(work).values())
    rows = difference_rows(work, wanted, request["limit"])
    return {"differences": [row._mapping for row in rows], "suspense_fen": suspense}


def explain_difference(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """By a person, for good; nothing is moved by it."""
    closed = close_difference(work, request["difference_id"], EXPLAINED, request["reason"])
    if closed is None:
        known = find_difference(work, request["difference_id"])
        if known is None:
            raise Refused(contract.DIFFERENCE_UNKNOWN, "no such difference")
        raise Refused(contract.DIFFERENCE_CLOSED_BEFORE, "it is not open any more", state=known.state)
    announce_closed(work, closed)
    return dict(closed._mapping)


def set_bill_terms(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: provider, reason and the terms, each None to stay as it is. From now on."""
    before = vars(bill_terms_in_force(work, request["provider"]))
    terms = {name: before[name] if request[name] is None else request[name] for name in TERMS}
    return add_bill_terms(work, provider=request["provider"], reason=request["reason"], **terms)


def observe_bills(work: Work) -> list[Reading]:
    found = open_by_provider(work)
    counts, suspense = (
        {provider: found.get(provider, (0, 0))[place] for provider in contract.PROVIDERS} for place in (0, 1)
    )
    return [
        Reading("mall_bill_differences_open", "Differences to providers' bills that are open", counts, "provider"),
        Reading("mall_bill_suspense_fen", "Fen on providers' bills that nothing here explains", suspense, "provider"),
    ]
