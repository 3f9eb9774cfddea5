"""Providers' bills are asked for until they are there, and kept line by line."""

from datetime import date

import structlog

from services.chassis.data.work import Work, Works
from services.orders.domain.bill import BillNotGenuine
from services.orders.domain.provider import ProviderUnavailable
from services.orders.storage.bills import (
    bill_terms_in_force,
    expect_bills,
    keep_bill,
    mark_absent,
    note_problem,
)
from services.orders.storage.locks import lease_due_bill, lock_awaited_bill

log = structlog.get_logger(__name__)


def read_due_bill(works: Works, provider: str) -> bool:
    """One that is due, the oldest first; false if there is none. What goes wrong with it is noted, and it is asked for
    again later."""
    with works.begin() as work:
        day = due_bill(work, provider)
    if day is None:
        return False
    try:
        read_bill(works, provider, day)
    except (ProviderUnavailable, BillNotGenuine) as problem:
        log.warning("bill_not_read", provider=provider, day=str(day), problem=str(problem))
        with works.begin() as work:
            note_problem(work, provider, day, str(problem))
    return True


def due_bill(work: Work, provider: str) -> date | None:
    terms = bill_terms_in_force(work, provider)
    expect_bills(work, provider, terms.days_due(work.now))
    return lease_due_bill(work, provider, terms.ask_every_s)


def read_bill(works: Works, provider: str, day: date) -> None:
    """The whole file or nothing of it. It can be read once, so this work is not tried again as others are."""
    bill = works.settings.providers[provider].bill(day)
    with works.begin() as work:
        if not lock_awaited_bill(work, provider, day):
            return
        if bill is not None:
            keep_bill(work, provider, day, bill)
        elif bill_terms_in_force(work, provider).is_absence_believed(day, work.now):
            mark_absent(work, provider, day)
