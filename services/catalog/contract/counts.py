"""Stock counts: figures from the shelves, settled against the books."""

from services.catalog.contract.vocabulary import (
    COUNT_INCOMPLETE,
    COUNT_LINES_WRONG,
    COUNT_NOT_OPEN,
    COUNT_OF_ONESELF,
    COUNT_UNKNOWN,
    PLACE_UNKNOWN,
    POLICY_BACKDATED,
    POLICY_DECIDED_BEFORE,
    SERVICE,
    STOCK_NOT_FREE,
)
from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, text

COUNT_STATES = ("counting", "submitted", "posted", "cancelled")
LARGEST_COUNT = 1000  # lines


class OpenCount(Request):
    """Of what is carried; ``element_ids`` empty: of all that ever lay there."""

    request_id = text(80)
    place_id = identifier("whs")
    element_ids = listed(identifier("elm"), longest=LARGEST_COUNT)
    reason = text(200)


class CountedUnits(Request):
    element_id = identifier("elm")
    counted = integer(0, 1_000_000)


class RecordCount(Request):
    """What lies there at this moment; counting an element again replaces its figure."""

    request_id = text(80)
    count_id = identifier("cnt")
    lines = listed(CountedUnits, shortest=1, longest=LARGEST_COUNT)


class OfCount(Request):
    request_id = text(80)
    count_id = identifier("cnt")


class CancelCount(OfCount):
    reason = text(200)


class CountLine(Record):
    """``difference``: counted less expected; 0 as long as nothing is counted."""

    element_id = identifier("elm")
    at_start = integer()
    expected = integer(allow_none=True)
    counted = integer(allow_none=True)
    counted_by = text(80, allow_none=True)
    difference = integer(-1_000_000_000, 1_000_000_000)


class StockCount(Record):
    count_id = identifier("cnt")
    place_id = identifier("whs")
    status = choice(*COUNT_STATES)
    reason = text(200)
    opened_by = text(80)
    opened_at = instant()
    submitted_by = text(80, allow_none=True)
    approved_by = text(80, allow_none=True)
    changed_at = instant()
    changed_because = text(200)
    lines = listed(CountLine, longest=LARGEST_COUNT)


class ListCounts(Request):
    """Newest first."""

    status = choice(*COUNT_STATES, allow_none=True)
    limit = integer(1, 100, load_default=20)


class StockCounts(Record):
    counts = listed(StockCount)


class CountPolicyWish(Request):
    """How many units a count may be off, and how many somebody may write off, that nobody else need approve. From now
    on, or from ``effective_from``."""

    most_units = integer(0, 1_000_000)
    effective_from = instant(allow_none=True)
    reason = text(200)


class SetCountPolicy(CountPolicyWish):
    request_id = text(80)


class CountPolicy(Record):
    most_units = integer()
    effective_from = instant()
    reason = text(200)
    actor = text(80)


class ListCountPolicies(Request):
    """A request without fields."""


class CountPolicies(Record):
    """Newest first: what is decided for later, what holds now, what held before."""

    policies = listed(CountPolicy)


_OPEN_ONE = (COUNT_UNKNOWN, COUNT_NOT_OPEN)
OPEN_COUNT = Command(SERVICE, "open_count", OpenCount, StockCount, refuses=(PLACE_UNKNOWN, COUNT_LINES_WRONG))
RECORD_COUNT = Command(SERVICE, "record_count", RecordCount, StockCount, refuses=(*_OPEN_ONE, COUNT_LINES_WRONG))
SUBMIT_COUNT = Command(
    SERVICE, "submit_count", OfCount, StockCount, refuses=(*_OPEN_ONE, COUNT_INCOMPLETE, STOCK_NOT_FREE)
)
APPROVE_COUNT = Command(
    SERVICE, "approve_count", OfCount, StockCount, refuses=(*_OPEN_ONE, COUNT_OF_ONESELF, STOCK_NOT_FREE)
)
CANCEL_COUNT = Command(SERVICE, "cancel_count", CancelCount, StockCount, refuses=_OPEN_ONE)
LIST_COUNTS = Query(SERVICE, "list_counts", ListCounts, StockCounts)
SET_COUNT_POLICY = Command(
    SERVICE, "set_count_policy", SetCountPolicy, CountPolicies, refuses=(POLICY_BACKDATED, POLICY_DECIDED_BEFORE)
)
LIST_COUNT_POLICIES = Query(SERVICE, "list_count_policies", ListCountPolicies, CountPolicies)
