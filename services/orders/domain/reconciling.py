"""A provider's bill beside our own books: days, and what a line may differ in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.chassis.clock import local_date, start_of_day
from services.orders.domain.bill import TRADE, BillLine

UNKNOWN = "unknown"  # they have it, we have never heard of it: its money is in suspense
MISSING_HERE = "missing_here"  # they have it, here it is not paid or not refunded
MISSING_THERE = "missing_there"  # we have it, they do not
AMOUNT_DIFFERS = "amount_differs"
REFERENCE_DIFFERS = "reference_differs"  # the payment is theirs, under another number of theirs
DUPLICATE = "duplicate"  # they have it more than once


@dataclass(frozen=True)
class BillTerms:
    """When a provider's bill of a day is asked for: from ``ready_at_minute`` of the next day on, every ``ask_every_s``,
    for ``days_back`` days. That there is none is believed ``absent_after_h`` hours after the day's end."""

    ready_at_minute: int
    ask_every_s: int
    days_back: int
    absent_after_h: int
    tolerance_fen: int

    def days_due(self, now: datetime) -> Iterator[date]:
        """The latest first."""
        yesterday = local_date(now) - timedelta(days=1)
        for back in range(self.days_back):
            day = yesterday - timedelta(days=back)
            if now >= end_of(day) + timedelta(minutes=self.ready_at_minute):
                yield day

    def is_absence_believed(self, day: date, now: datetime) -> bool:
        return now >= end_of(day) + timedelta(hours=self.absent_after_h)


@dataclass(frozen=True)
class Ours:
    """A payment or a refund as our books have it: ``number`` is its id, ``billed_as`` what bills call it.
    ``is_settled``: captured, or given back."""

    number: str
    billed_as: str
    amount_fen: int
    is_settled: bool
    provider_no: str | None = None


def differences_of(line: BillLine, ours: Ours | None, is_again: bool, tolerance_fen: int) -> tuple[str, ...]:
    """What is not as it should be; ``is_again``: there is another line of the same movement."""
    if ours is None:
        return (UNKNOWN,)
    found = {
        DUPLICATE: is_again,
        AMOUNT_DIFFERS: abs(line.amount_fen - ours.amount_fen) > tolerance_fen,
        MISSING_HERE: not ours.is_settled,
        REFERENCE_DIFFERS: ours.is_settled and line.kind == TRADE and line.provider_no != ours.provider_no,
    }
    return tuple(what for what, is_so in found.items() if is_so)


def end_of(day: date) -> datetime:
    return start_of_day(day + timedelta(days=1))
