"""What points outstanding are in money, month by month."""

from marshmallow import fields, validate

from services.chassis.contract import Query
from services.chassis.schemas import (
    LARGEST_SAFE_INTEGER,
    Record,
    Request,
    choice,
    instant,
    integer,
    listed,
    nested,
    text,
)  # fmt: skip
from services.points.contract.vocabulary import COINS, POINTS, SERVICE

LIABILITY_NOT_REPORTED = "liability.not_reported"
LIABILITY_MONTH_TO_COME = "liability.month_to_come"
LIABILITY_MONTH_NOT_OVER = "liability.month_not_over"
LIABILITY_MONTH_OUT_OF_ORDER = "liability.month_out_of_order"
LIABILITY_MONTH_OPEN = "liability.month_open"
LIABILITY_NOT_SETTLED = "liability.not_settled"

LARGEST_REPORT = 10_000
REPORT_OPEN, REPORT_CLOSED = "open", "closed"


def _signed() -> fields.Integer:
    return integer(-LARGEST_SAFE_INTEGER)


class OfMonth(Request):
    """A calendar month in China, ``2026-10``."""

    month = fields.String(required=True, validate=validate.Regexp(r"^20[0-9]{2}-(0[1-9]|1[0-2])\Z"))


class PointsMoved(Record):
    """By one kind of journal."""

    kind = text(20)
    came = integer()
    went = integer()


class PointsRolledForward(Record):
    """As the ledger booked them. ``belated`` is what the month brought of months that were closed before."""

    opening = _signed()
    movements = listed(PointsMoved)
    belated = _signed()
    closing = _signed()


class DeferredRevenue(Record):
    """Fen: opening + deferred by new points + moved - undone - redeemed - expired - re_estimated = closing. ``moved``
    came with points from another unit or expiry day, or went with them."""

    opening = _signed()
    deferred = _signed()
    moved = _signed()
    undone = _signed()
    redeemed = _signed()
    expired = _signed()
    re_estimated = _signed()
    closing = _signed()


class UnitLiability(Record):
    """``lapsed_points`` have expired and are not yet booked as such; nothing is deferred for them."""

    unit = choice(POINTS, COINS)
    points = nested(PointsRolledForward)
    lapsed_points = integer()
    fen = nested(DeferredRevenue)


class OutstandingPoints(Record):
    """``expires_in`` is a month, null for points that never expire. ``value_fen`` is what the points would buy,
    ``expected_points`` those expected to be redeemed yet, ``deferred_fen`` what is deferred for them."""

    unit = choice(POINTS, COINS)
    expires_in = text(7, allow_none=True)
    source = text(40)
    points = _signed()
    value_fen = _signed()
    expected_points = integer()
    deferred_fen = integer()


class SourceLiability(Record):
    """``estimated_points`` of those left are expected by history, the others by assumption."""

    unit = choice(POINTS, COINS)
    source = text(40)
    fen = nested(DeferredRevenue)
    issued_points = integer()
    redeemed_points = integer()
    left_points = integer()
    expected_points = integer()
    estimated_points = integer()


class LiabilityReport(Record):
    """A closed month stays as it was; an open one is as the nightly job last found it: all that happened by ``day`` and
    was booked by ``booked_by``. ``follows`` is the closed month that it goes on from."""

    month = text(7)
    status = choice(REPORT_OPEN, REPORT_CLOSED)
    follows = text(7, allow_none=True)
    day = text(10)
    booked_by = instant()
    closed_at = instant(allow_none=True)
    units = listed(UnitLiability)
    outstanding = listed(OutstandingPoints, longest=LARGEST_REPORT)
    sources = listed(SourceLiability)


GET_LIABILITY_REPORT = Query(
    SERVICE, "get_liability_report", OfMonth, LiabilityReport, refuses=(LIABILITY_NOT_REPORTED,)
)
