"""Differences that pass: what is missing here is asked for, what was missing there has come since."""

from functools import partial

import sqlalchemy as sa

from services.chassis.data.work import Work, Works
from services.orders import contract
from services.orders.domain.bill import REFUND, TRADE
from services.orders.domain.reconciling import MISSING_HERE, MISSING_THERE
from services.orders.storage.differences import close_difference, has_line, open_differences, ours_by_id
from services.orders.storage.payments import hasten_refund
from services.orders.usecases.resolve_payment import resolve_payment

CORRECTED = "corrected"
BOOKED, CAME = "booked here since", "on a bill since"


def correct_differences(works: Works, provider: str) -> None:
    """All that are open. A bill's word alone makes nothing paid: the provider is asked, as for a lost notice, and the
    money is taken the same way."""
    with works.begin() as work:
        found = open_differences(work, provider, (MISSING_HERE, MISSING_THERE))
    for difference in found:
        if (difference.what, difference.kind) == (MISSING_HERE, TRADE):
            resolve_payment(works, {"payment_id": difference.number})
        works.run(partial(look_again, difference), {})


def look_again(difference: sa.Row, work: Work, _: object) -> None:
    ours = ours_by_id(work, difference.provider, difference.kind, difference.number)
    if ours is None:
        raise LookupError(f"{difference.difference_id} is about {difference.number}, which is nothing of ours")
    if difference.what == MISSING_THERE:
        if has_line(work, difference.provider, difference.kind, ours.billed_as):
            close(work, difference, CAME)
    elif ours.is_settled:
        close(work, difference, BOOKED)
    elif difference.kind == REFUND:
        hasten_refund(work, difference.number)


def close(work: Work, difference: sa.Row, note: str) -> None:
    closed = close_difference(work, difference.difference_id, CORRECTED, note)
    if closed is not None:
        announce_closed(work, closed)


def announce_closed(work: Work, difference: sa.Row) -> None:
    work.emit(contract.DIFFERENCE_CLOSED, difference.difference_id, dict(difference._mapping), 2)
