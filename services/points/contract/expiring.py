"""Points that are about to expire, and points that have."""

from services.chassis.contract import Event
from services.chassis.schemas import Record, identifier, integer, listed, text
from services.points.contract.vocabulary import LARGEST_BATCH, SERVICE, in_unit


class ExpiringPosting(Record):
    member_id = identifier("mbr")
    points = integer(1)


class PointsExpiringData(Record):
    """``expires_on`` is the last day on which the points can be spent; ``days_before`` names the notice. A member is
    in one event for each unit, day and notice."""

    unit = in_unit()
    expires_on = text(10)
    days_before = integer(1)
    postings = listed(ExpiringPosting, shortest=1, longest=LARGEST_BATCH)


class ExpiredPosting(Record):
    """``available`` is what the member has left."""

    member_id = identifier("mbr")
    points = integer(1)
    available = integer()


class PointsExpiredData(Record):
    unit = in_unit()
    expires_on = text(10)
    postings = listed(ExpiredPosting, shortest=1, longest=LARGEST_BATCH)


POINTS_EXPIRING = Event(SERVICE, "points.expiring.v1", PointsExpiringData)
POINTS_EXPIRED = Event(SERVICE, "points.expired.v1", PointsExpiredData)
