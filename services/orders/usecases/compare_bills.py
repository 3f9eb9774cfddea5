"""Bills beside our books: every line has its payment or refund, every payment and refund its line."""

from typing import Any

import sqlalchemy as sa

from services.chassis.clock import start_of_day
from services.chassis.data.work import Work, Works
from services.orders import contract
from services.orders.domain.bill import REFUND, TRADE, BillLine
from services.orders.domain.reconciling import MISSING_THERE, Ours, differences_of, end_of
from services.orders.storage.bills import (
    bill_terms_in_force,
    lines_to_compare,
    mark_compared,
    mark_reviewed,
    told_more_than_once,
)
from services.orders.storage.differences import open_difference, ours_of, settled_without_a_line
from services.orders.storage.locks import lock_bill_to_compare, lock_bill_to_review

Books = dict[str, dict[str, Ours]]


def compare_lines(works: Works, provider: str) -> bool:
    """Some lines of the oldest bill that is not compared to its end; false if there is none."""
    with works.begin() as work:
        bill = lock_bill_to_compare(work, provider)
        if bill is None:
            return False
        rows = lines_to_compare(work, bill)
        _compare(work, bill, rows)
        mark_compared(work, bill, rows)
    return True


def _compare(work: Work, bill: sa.Row, rows: list[sa.Row]) -> None:
    books: Books = {
        kind: ours_of(work, bill.provider, kind, [row.number for row in rows if row.kind == kind])
        for kind in (TRADE, REFUND)
    }
    several = told_more_than_once(work, bill.provider, (row.number for row in rows))
    tolerance_fen = bill_terms_in_force(work, bill.provider).tolerance_fen
    for row in rows:
        ours, is_again = books[row.kind].get(row.number), (row.kind, row.number) in several
        line = BillLine(row.kind, row.number, row.provider_no, row.amount_fen, row.fee_fen, row.at)
        for what in differences_of(line, ours, is_again, tolerance_fen):
            note_difference(
                work,
                bill,
                line.kind,
                what,
                number=ours.number if ours else line.number,
                provider_no=line.provider_no,
                ours_fen=ours.amount_fen if ours else None,
                theirs_fen=line.amount_fen,
            )


def review_day(works: Works, provider: str) -> bool:
    """What we booked on a day and no bill has. Clocks differ, and a provider's day may end earlier than ours: a day is
    looked at when the bill of the next one was compared."""
    with works.begin() as work:
        bill = lock_bill_to_review(work, provider)
        if bill is None:
            return False
        for kind in (TRADE, REFUND):
            for ours in settled_without_a_line(work, provider, kind, start_of_day(bill.day), end_of(bill.day)):
                found = {"number": ours.number, "provider_no": ours.provider_no, "ours_fen": ours.amount_fen}
                note_difference(work, bill, kind, MISSING_THERE, **found, theirs_fen=None)
        mark_reviewed(work, bill)
    return True


def note_difference(work: Work, bill: sa.Row, kind: str, what: str, **found: Any) -> None:
    difference = open_difference(work, bill.provider, bill.day, kind, what, **found)
    if difference is not None:
        work.emit(contract.DIFFERENCE_OPENED, difference.difference_id, dict(difference._mapping), 1)
