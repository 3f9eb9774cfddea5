"""The published language of points: accounts, accrual, holds, statements and bill runs."""

from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, text

SERVICE = "points"

SOURCES = ("bill", "sign_up", "check_in", "purchase", "referral", "review", "survey", "campaign", "adjustment")
LARGEST_POSTING = 1_000_000_000
LARGEST_BATCH = 1000
LARGEST_PAGE = 100

# Rejection codes
INSUFFICIENT = "points.insufficient"
ACCOUNT_UNKNOWN = "points.account_unknown"
ACCOUNT_FROZEN = "points.account_frozen"
HOLD_UNKNOWN = "points.hold_unknown"
HOLD_NOT_OPEN = "points.hold_not_open"
HOLD_RELEASED_BEFORE = "points.hold_released_before"
REFUND_TOO_LARGE = "points.refund_too_large"
BILL_RUN_UNKNOWN = "bill_run.unknown"
BILL_RUN_BUSY = "bill_run.busy"
BILL_RUN_CONTENT_DIFFERS = "bill_run.content_differs"
BILL_RUN_NOT_STAGED = "bill_run.not_staged"
CURSOR_INVALID = "cursor.invalid"


class AccruePoints(Request):
    """``reference`` says what earned the points (a bill line, an order, a campaign)."""

    request_id = text(80)
    member_id = identifier("mbr")
    points = integer(1, LARGEST_POSTING)
    source = choice(*SOURCES)
    reference = text(120)


class Accrued(Record):
    journal_id = integer()
    points = integer()
    available = integer()
    expires_on = text(10, allow_none=True)


class HoldPoints(Request):
    """One hold an order; ``expires_in_s`` counts by the database's clock."""

    request_id = text(80)
    order_id = identifier("ord")
    member_id = identifier("mbr")
    points = integer(1, LARGEST_POSTING)
    expires_in_s = integer(1, 604_800)


class Held(Record):
    order_id = identifier("ord")
    points = integer()
    available = integer()
    expires_at = instant()


class CaptureHold(Request):
    request_id = text(80)
    order_id = identifier("ord")


class Captured(Record):
    order_id = identifier("ord")
    points = integer()


class ReleaseHold(Request):
    """Releasing a hold that never arrived is accepted, and bars it from arriving late (null rollback)."""

    request_id = text(80)
    order_id = identifier("ord")
    reason = text(80)


class Released(Record):
    """``points`` went back to the member; 0 if there was nothing to release."""

    order_id = identifier("ord")
    points = integer()


class RefundPoints(Request):
    """Gives captured points of an order back to the buckets they came from."""

    request_id = text(80)
    order_id = identifier("ord")
    points = integer(1, LARGEST_POSTING)
    reason = text(80)


class Refunded(Record):
    order_id = identifier("ord")
    points = integer()


class OfMember(Request):
    member_id = identifier("mbr")


class Expiring(Record):
    expires_on = text(10)
    points = integer()


class Balance(Record):
    """``available`` = posted - held - expired but not yet booked; all in whole points."""

    member_id = identifier("mbr")
    available = integer()
    held = integer()
    earned_in_all = integer()
    expiring = listed(Expiring)
    as_of = instant()


class ListStatement(Request):
    member_id = identifier("mbr")
    limit = integer(1, LARGEST_PAGE, load_default=20)
    cursor = text(200, allow_none=True)


class StatementLine(Record):
    """``points`` is signed: + earned or refunded, - spent or expired. ``balance`` is the balance after it."""

    line_id = text(40)
    kind = choice("accrual", "redemption", "refund", "expiry", "adjustment")
    source = text(40, allow_none=True)
    reference = text(120, allow_none=True)
    points = integer(-LARGEST_POSTING)
    balance = integer()
    posted_at = instant()
    effective_on = text(10)


class Statement(Record):
    lines = listed(StatementLine)
    next_cursor = text(200, allow_none=True)


class OfBillRun(Request):
    run_id = text(60)


class BillRun(Record):
    run_id = text(60)
    state = choice("staging", "staged", "posting", "posted", "refused")
    file_name = text(200)
    lines = integer()
    posted_lines = integer()
    rejected_lines = integer()
    points = integer()
    amount_fen = integer()


ACCRUE_POINTS = Command(SERVICE, "accrue_points", AccruePoints, Accrued, refuses=(ACCOUNT_UNKNOWN, ACCOUNT_FROZEN))
HOLD_POINTS = Command(
    SERVICE,
    "hold_points",
    HoldPoints,
    Held,
    refuses=(INSUFFICIENT, ACCOUNT_UNKNOWN, ACCOUNT_FROZEN, HOLD_RELEASED_BEFORE),
)
CAPTURE_HOLD = Command(SERVICE, "capture_hold", CaptureHold, Captured, refuses=(HOLD_UNKNOWN, HOLD_NOT_OPEN))
RELEASE_HOLD = Command(SERVICE, "release_hold", ReleaseHold, Released, refuses=(HOLD_NOT_OPEN,))
REFUND_POINTS = Command(
    SERVICE, "refund_points", RefundPoints, Refunded, refuses=(HOLD_UNKNOWN, HOLD_NOT_OPEN, REFUND_TOO_LARGE)
)
GET_BALANCE = Query(SERVICE, "get_balance", OfMember, Balance, refuses=(ACCOUNT_UNKNOWN,))
LIST_STATEMENT = Query(SERVICE, "list_statement", ListStatement, Statement, refuses=(ACCOUNT_UNKNOWN, CURSOR_INVALID))
GET_BILL_RUN = Query(SERVICE, "get_bill_run", OfBillRun, BillRun, refuses=(BILL_RUN_UNKNOWN,))


class Posting(Record):
    member_id = identifier("mbr")
    points = integer(1)
    available = integer()
    expires_on = text(10, allow_none=True)


class PointsAccruedData(Record):
    """One posting, or a chunk of a bill run. ``reference`` names the bill run or whatever earned the points."""

    source = choice(*SOURCES)
    reference = text(120)
    effective_on = text(10)
    postings = listed(Posting, shortest=1, longest=LARGEST_BATCH)


class HoldSettledData(Record):
    order_id = identifier("ord")
    member_id = identifier("mbr")
    points = integer()
    available = integer()


class HoldReleasedData(HoldSettledData):
    reason = text(80)


class BillRunPostedData(Record):
    run_id = text(60)
    lines = integer()
    posted_lines = integer()
    rejected_lines = integer()
    points = integer()


POINTS_ACCRUED = Event(SERVICE, "points.accrued.v1", PointsAccruedData)
HOLD_CAPTURED = Event(SERVICE, "points.hold_captured.v1", HoldSettledData)
HOLD_RELEASED = Event(SERVICE, "points.hold_released.v1", HoldReleasedData)
POINTS_REFUNDED = Event(SERVICE, "points.refunded.v1", HoldSettledData)
BILL_RUN_POSTED = Event(SERVICE, "bill_run.posted.v1", BillRunPostedData)
