"""Adjustments by hand, and grants to many: requested by one person, approved by another."""

from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, text
from services.points.contract.vocabulary import (
    ADJUSTMENT_DECIDED_BEFORE,
    ADJUSTMENT_LINES_WRONG,
    ADJUSTMENT_OF_ONESELF,
    ADJUSTMENT_UNCOVERED,
    ADJUSTMENT_UNKNOWN,
    LARGEST_BATCH,
    LARGEST_PAGE,
    LARGEST_POSTING,
    SERVICE,
    in_unit,
)

ADJUSTMENT_STATES = ("requested", "posted", "rejected")


class RequestedLine(Request):
    """``points`` > 0 come to the member, < 0 are taken. One line a member."""

    member_id = identifier("mbr")
    points = integer(-LARGEST_POSTING, LARGEST_POSTING)


class RequestAdjustment(Request):
    request_id = text(80)
    unit = in_unit()
    reason = text(200)
    lines = listed(RequestedLine, shortest=1, longest=LARGEST_BATCH)


class AdjustmentRequested(Record):
    """``added`` and ``taken`` are the sums of its lines."""

    adjustment_id = identifier("adj")
    lines = integer(1)
    added = integer()
    taken = integer()


class ApproveAdjustment(Request):
    """By another person than who requested it, whichever doors they use. All of its lines are posted, or none."""

    request_id = text(80)
    adjustment_id = identifier("adj")


class AdjustmentPosted(Record):
    """``repaid`` of what was added went to what members owed. Who asked, who approved and why stay in the journal with
    it; what was posted before they were kept there is answered without them."""

    adjustment_id = identifier("adj")
    journal_id = integer()
    lines = integer(1)
    added = integer()
    taken = integer()
    repaid = integer()
    requested_by = text(80, allow_none=True)
    approved_by = text(80, allow_none=True)
    reason = text(200, allow_none=True)


class RejectAdjustment(Request):
    """By anybody: who requested it may think better of it."""

    request_id = text(80)
    adjustment_id = identifier("adj")
    reason = text(200)


class AdjustmentRejected(Record):
    adjustment_id = identifier("adj")


class OfAdjustment(Request):
    adjustment_id = identifier("adj")


class ListAdjustments(Request):
    """Newest first; ``before`` is the ``next_before`` of the page before."""

    state = choice(*ADJUSTMENT_STATES, allow_none=True)
    limit = integer(1, LARGEST_PAGE, load_default=20)
    before = integer(1, allow_none=True)


class Adjustment(Record):
    adjustment_id = identifier("adj")
    unit = in_unit()
    reason = text(200)
    state = choice(*ADJUSTMENT_STATES)
    lines = integer(1)
    added = integer()
    taken = integer()
    requested_by = text(80)
    requested_at = instant()
    decided_by = text(80, allow_none=True)
    decided_at = instant(allow_none=True)
    decided_because = text(200, allow_none=True)
    journal_id = integer(allow_none=True)


class AdjustmentLine(Record):
    line = integer(1)
    member_id = identifier("mbr")
    points = integer(-LARGEST_POSTING, LARGEST_POSTING)


class AdjustmentWithLines(Adjustment):
    """``all_lines`` in their order."""

    all_lines = listed(AdjustmentLine, longest=LARGEST_BATCH)


class Adjustments(Record):
    adjustments = listed(Adjustment)
    next_before = integer(1, allow_none=True)


class AdjustedPosting(Record):
    member_id = identifier("mbr")
    points = integer(-LARGEST_POSTING, LARGEST_POSTING)
    available = integer()


class PointsAdjustedData(Record):
    """All lines of an adjustment; ``points`` > 0 came, < 0 were taken."""

    adjustment_id = identifier("adj")
    unit = in_unit()
    postings = listed(AdjustedPosting, shortest=1, longest=LARGEST_BATCH)


REQUEST_ADJUSTMENT = Command(
    SERVICE, "request_adjustment", RequestAdjustment, AdjustmentRequested, refuses=(ADJUSTMENT_LINES_WRONG,)
)
APPROVE_ADJUSTMENT = Command(
    SERVICE,
    "approve_adjustment",
    ApproveAdjustment,
    AdjustmentPosted,
    refuses=(ADJUSTMENT_UNKNOWN, ADJUSTMENT_DECIDED_BEFORE, ADJUSTMENT_OF_ONESELF, ADJUSTMENT_UNCOVERED),
    timeout_s=10.0,
)
REJECT_ADJUSTMENT = Command(
    SERVICE,
    "reject_adjustment",
    RejectAdjustment,
    AdjustmentRejected,
    refuses=(ADJUSTMENT_UNKNOWN, ADJUSTMENT_DECIDED_BEFORE),
)
GET_ADJUSTMENT = Query(SERVICE, "get_adjustment", OfAdjustment, AdjustmentWithLines, refuses=(ADJUSTMENT_UNKNOWN,))
LIST_ADJUSTMENTS = Query(SERVICE, "list_adjustments", ListAdjustments, Adjustments)
POINTS_ADJUSTED = Event(SERVICE, "points.adjusted.v1", PointsAdjustedData)
