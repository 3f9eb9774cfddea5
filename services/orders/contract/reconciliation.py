"""Providers' daily bills and what differs between them and our books, for finance."""

from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, choice, day, identifier, instant, integer, listed, text
from services.orders.contract.vocabulary import (
    BILL_STATES,
    DIFFERENCE_CLOSED_BEFORE,
    DIFFERENCE_STATES,
    DIFFERENCE_UNKNOWN,
    DIFFERENCES,
    LARGEST_PAGE,
    PROVIDERS,
    SERVICE,
)


class ListBills(Request):
    provider = choice(*PROVIDERS, allow_none=True)
    limit = integer(1, LARGEST_PAGE, load_default=50)


class ProviderBill(Record):
    """``awaited``: asked for ``tries`` times, the last one with ``problem``; ``absent``: nothing happened there.
    ``reviewed_at``: that our own payments of the day have their lines was looked at."""

    provider = choice(*PROVIDERS)
    day = day()
    state = choice(*BILL_STATES)
    tries = integer()
    problem = text(500, allow_none=True)
    sha256 = text(64, allow_none=True)
    lines = integer()
    paid_fen = integer()
    refunded_fen = integer()
    fee_fen = integer(-(10**15))
    read_at = instant(allow_none=True)
    compared_at = instant(allow_none=True)
    reviewed_at = instant(allow_none=True)


class ProviderBills(Record):
    bills = listed(ProviderBill)


class ListDifferences(Request):
    """What is null does not matter."""

    provider = choice(*PROVIDERS, allow_none=True)
    state = choice(*DIFFERENCE_STATES, allow_none=True)
    what = choice(*DIFFERENCES, allow_none=True)
    day = day(allow_none=True)
    limit = integer(1, LARGEST_PAGE, load_default=50)


class BillDifference(Record):
    """``number`` is ours of a payment or refund, or what the provider gave for one. ``ours_fen`` is null for what we
    have never heard of, ``theirs_fen`` for what is on no bill. ``note``: why it is closed, by whom."""

    difference_id = identifier("dif")
    provider = choice(*PROVIDERS)
    day = day()
    kind = choice("trade", "refund")
    what = choice(*DIFFERENCES)
    number = text(80)
    provider_no = text(80, allow_none=True)
    ours_fen = integer(allow_none=True)
    theirs_fen = integer(allow_none=True)
    state = choice(*DIFFERENCE_STATES)
    found_at = instant()
    closed_at = instant(allow_none=True)
    closed_by = text(80, allow_none=True)
    note = text(200, allow_none=True)


class BillDifferences(Record):
    """``suspense_fen``: all that providers have taken and nothing here explains."""

    differences = listed(BillDifference)
    suspense_fen = integer()


class ExplainDifference(Request):
    request_id = text(80)
    difference_id = identifier("dif")
    reason = text(200)


LIST_BILLS = Query(SERVICE, "list_bills", ListBills, ProviderBills)
LIST_DIFFERENCES = Query(SERVICE, "list_bill_differences", ListDifferences, BillDifferences)
EXPLAIN_DIFFERENCE = Command(
    SERVICE,
    "explain_bill_difference",
    ExplainDifference,
    BillDifference,
    refuses=(DIFFERENCE_UNKNOWN, DIFFERENCE_CLOSED_BEFORE),
)
DIFFERENCE_OPENED = Event(SERVICE, "payment.difference_opened.v1", BillDifference)
DIFFERENCE_CLOSED = Event(SERVICE, "payment.difference_closed.v1", BillDifference)
