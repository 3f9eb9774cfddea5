"""What points outstanding are in money."""

from datetime import datetime
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.liability.months import Month
from services.points.domain.liability.report import NEVER_CLOSED, Facts, cut_of, work_out
from services.points.storage.liability import clock, read_ledger
from services.points.storage.liability_closes import (
    Close,
    find_close,
    find_draft,
    keep_draft,
    last_close_before,
)
from services.points.storage.liability_terms import configuration


def get_liability_report(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's LiabilityReport, of a closed month or as last drafted. Nothing is worked out here."""
    month = Month.parse(request["month"])
    if close := find_close(work, month):
        return of_closed(close)
    if draft := find_draft(work, month):
        return of_open(draft)
    raise Refused(contract.LIABILITY_NOT_REPORTED, "that month was neither closed nor drafted")


def report_liability(works: Works, month: Month) -> dict[str, Any]:
    """The same with "run_off" and "ledger"; a month that is open is worked out now, which takes a while."""
    with works.still() as work:
        if close := find_close(work, month):
            return of_closed(close)
        facts = _facts_of_now(work, month)
    return of_open(work_out(facts).report)


def draft_liability_reports(works: Works) -> None:
    """The present month, and the one before until it is closed."""
    with works.begin() as work:
        present = Month.of(local_date(work.now))
    for month in (present.later(-1), present):
        with works.still() as work:
            if find_close(work, month):
                continue
            facts = _facts_of_now(work, month)
        worked = work_out(facts)
        with works.begin() as work:
            keep_draft(work, worked, facts.booked_by)


def facts_of(work: Work, month: Month, booked_by: datetime, before: Close | None) -> Facts:
    """``before`` is the close that it goes on from. Work it out when the transaction is over: that may take a while."""
    today = local_date(work.now)
    if month.first_day > today:
        raise Refused(contract.LIABILITY_MONTH_TO_COME, "that month has not begun", month=str(month))
    cut = cut_of(month, today)
    last = NEVER_CLOSED if before is None else before.as_last()
    closed_day = None if last.month is None else last.month.last_day
    ledger = read_ledger(work, cut.day, booked_by, closed_day, last.booked_by)
    return Facts(ledger, last, configuration(work, cut.day, booked_by), cut, booked_by)


def of_closed(close: Close) -> dict[str, Any]:
    return close.worked.report | {
        "status": contract.REPORT_CLOSED,
        "closed_at": close.closed_at,
        "hash": close.hash.hex(),
    }


def of_open(report: dict[str, Any]) -> dict[str, Any]:
    return report | {"status": contract.REPORT_OPEN, "closed_at": None}


def _facts_of_now(work: Work, month: Month) -> Facts:
    return facts_of(work, month, clock(work), last_close_before(work, month))
