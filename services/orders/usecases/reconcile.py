"""The nightly job of one provider: its bills are read, compared with our books, and what differs is looked at again."""

from services.chassis.data.work import Works
from services.orders.usecases.compare_bills import compare_lines, review_day
from services.orders.usecases.correct_differences import correct_differences
from services.orders.usecases.read_bills import read_due_bill


def reconcile(works: Works, provider: str) -> None:
    """As far as it gets: each step is a short transaction, and the next run goes on where this one broke off."""
    while read_due_bill(works, provider):
        pass
    while compare_lines(works, provider):
        pass
    while review_day(works, provider):
        pass
    correct_differences(works, provider)
