"""Points that members give each other."""

from services.chassis.contract import Command, Event
from services.chassis.schemas import Record, Request, identifier, integer, text
from services.points.contract.vocabulary import (
    ACCOUNT_FROZEN,
    ACCOUNT_UNKNOWN,
    GIFT_OUTSIDE_LIMITS,
    GIFT_TO_ONESELF,
    INSUFFICIENT,
    LARGEST_POSTING,
    SERVICE,
)


class GiftPoints(Request):
    request_id = text(80)
    from_member = identifier("mbr")
    to_member = identifier("mbr")
    points = integer(1, LARGEST_POSTING)
    message = text(100, allow_none=True)


class Gifted(Record):
    """``available`` is what the giver has left."""

    journal_id = integer()
    points = integer()
    available = integer()


class PointsGiftedData(Record):
    """``repaid`` of the points went to what the receiver owed."""

    from_member = identifier("mbr")
    to_member = identifier("mbr")
    points = integer(1)
    repaid = integer()
    giver_available = integer()
    receiver_available = integer()
    message = text(100, allow_none=True)


GIFT_POINTS = Command(
    SERVICE,
    "gift_points",
    GiftPoints,
    Gifted,
    refuses=(GIFT_TO_ONESELF, GIFT_OUTSIDE_LIMITS, INSUFFICIENT, ACCOUNT_UNKNOWN, ACCOUNT_FROZEN),
)
POINTS_GIFTED = Event(SERVICE, "points.gifted.v1", PointsGiftedData)
