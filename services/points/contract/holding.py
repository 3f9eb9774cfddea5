"""Points put aside for orders: held, captured, released, refunded."""

from services.chassis.contract import Command, Event
from services.chassis.schemas import Record, Request, identifier, instant, integer, text
from services.points.contract.vocabulary import (
    ACCOUNT_FROZEN,
    ACCOUNT_UNKNOWN,
    CAPTURE_TOO_LARGE,
    HOLD_NOT_OPEN,
    HOLD_RELEASED_BEFORE,
    HOLD_UNKNOWN,
    INSUFFICIENT,
    LARGEST_POSTING,
    REFUND_TOO_LARGE,
    SERVICE,
    in_unit,
)


class HoldPoints(Request):
    """One hold an order; ``expires_in_s`` counts by the database's clock."""

    request_id = text(80)
    order_id = identifier("ord")
    member_id = identifier("mbr")
    unit = in_unit()
    points = integer(1, LARGEST_POSTING)
    expires_in_s = integer(1, 604_800)


class Held(Record):
    order_id = identifier("ord")
    points = integer()
    available = integer()
    expires_at = instant()


class CaptureHold(Request):
    """``points``: all that is held, if not said; what is not captured is free again."""

    request_id = text(80)
    order_id = identifier("ord")
    unit = in_unit()
    points = integer(1, LARGEST_POSTING, required=False)


class Captured(Record):
    order_id = identifier("ord")
    points = integer()


class ReleaseHold(Request):
    """Releasing a hold that never arrived is accepted, and bars it from arriving late (null rollback)."""

    request_id = text(80)
    order_id = identifier("ord")
    unit = in_unit()
    reason = text(80)


class Released(Record):
    """``points`` went back to the member; 0 if there was nothing to release."""

    order_id = identifier("ord")
    points = integer()


class RefundPoints(Request):
    """Gives captured points of an order back to the buckets they came from."""

    request_id = text(80)
    order_id = identifier("ord")
    unit = in_unit()
    points = integer(1, LARGEST_POSTING)
    reason = text(80)


class Refunded(Record):
    order_id = identifier("ord")
    points = integer()


class HoldSettledData(Record):
    order_id = identifier("ord")
    unit = in_unit()
    member_id = identifier("mbr")
    points = integer()
    available = integer()


class PointsRefundedData(HoldSettledData):
    """``operation`` is the request id of who asked for it; null: all that was left, as the order ended."""

    operation = text(80, allow_none=True)


class HoldReleasedData(HoldSettledData):
    reason = text(80)


HOLD_POINTS = Command(
    SERVICE,
    "hold_points",
    HoldPoints,
    Held,
    refuses=(INSUFFICIENT, ACCOUNT_UNKNOWN, ACCOUNT_FROZEN, HOLD_RELEASED_BEFORE),
)
CAPTURE_HOLD = Command(
    SERVICE, "capture_hold", CaptureHold, Captured, refuses=(HOLD_UNKNOWN, HOLD_NOT_OPEN, CAPTURE_TOO_LARGE)
)
RELEASE_HOLD = Command(SERVICE, "release_hold", ReleaseHold, Released, refuses=(HOLD_NOT_OPEN,))
REFUND_POINTS = Command(
    SERVICE, "refund_points", RefundPoints, Refunded, refuses=(HOLD_UNKNOWN, HOLD_NOT_OPEN, REFUND_TOO_LARGE)
)
HOLD_CAPTURED = Event(SERVICE, "points.hold_captured.v1", HoldSettledData)
HOLD_RELEASED = Event(SERVICE, "points.hold_released.v1", HoldReleasedData)
POINTS_REFUNDED = Event(SERVICE, "points.refunded.v1", PointsRefundedData)
