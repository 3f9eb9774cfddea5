"""A month's books of the points liability closed for good."""

from datetime import datetime
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.liability.months import Month
from services.points.domain.liability.report import work_out
from services.points.storage.liability import clock
from services.points.storage.liability_closes import closed_months, find_close, keep_close, last_close_before
from services.points.usecases.report_liability import facts_of, of_closed
from services.points.usecases.settled_bookings import settled_mark

PATIENCE_S = 30.0  # no transaction of the ledger takes longer


def close_month(works: Works, month: Month, patience_s: float = PATIENCE_S) -> dict[str, Any]:
    """The report as it was closed, now or by whoever was first. Months are closed one after the other."""
    with works.still() as work:  # or it may be closed between the two looks, and so seem out of its turn
        if close := find_close(work, month):
            return of_closed(close)
        _require_its_turn(work, month)
    booked_by = _settled(works, patience_s)
    with works.still() as work:
        before = last_close_before(work, month)
        facts = facts_of(work, month, booked_by, before)
    worked = work_out(facts)
    with works.begin() as work:
        keep_close(work, worked, booked_by, before)
        close = find_close(work, month)
    if close is None:  # another first month was closed meanwhile
        raise _out_of_order(month)
    return of_closed(close)


def parts_that_differ(works: Works, month: Month) -> list[str]:
    """A closed month worked out again from the ledger, as it was booked then: the parts that came out otherwise."""
    with works.still() as work:
        close = find_close(work, month)
        if close is None:
            raise Refused(contract.LIABILITY_MONTH_OPEN, "that month is not closed", month=str(month))
        facts = facts_of(work, month, close.booked_by, last_close_before(work, month))
    again = work_out(facts)
    kept = close.worked.report | {"layers": close.worked.layers}
    found = again.report | {"layers": again.layers}
    return sorted(part for part in kept.keys() | found.keys() if kept.get(part) != found.get(part))


def _require_its_turn(work: Work, month: Month) -> None:
    if local_date(work.now) <= month.last_day:
        raise Refused(contract.LIABILITY_MONTH_NOT_OVER, "that month is not over", month=str(month))
    closed = closed_months(work)
    if closed and month != closed[1].later(1):
        raise _out_of_order(month, next=str(closed[1].later(1)))


def _out_of_order(month: Month, **more: str) -> Refused:
    return Refused(contract.LIABILITY_MONTH_OUT_OF_ORDER, "months are closed in order", month=str(month), **more)


def _settled(works: Works, patience_s: float) -> datetime:
    """So nothing slips under the close."""
    booked_by = settled_mark(works, clock, patience_s)
    if booked_by is None:
        raise Refused(contract.LIABILITY_NOT_SETTLED, "a transaction does not end; try again")
    return booked_by
