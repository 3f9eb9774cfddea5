"""Points that come to members."""

from services.chassis.contract import Command, Event
from services.chassis.schemas import Record, Request, choice, identifier, integer, listed, text
from services.points.contract.vocabulary import (
    ACCOUNT_FROZEN,
    ACCOUNT_UNKNOWN,
    LARGEST_BATCH,
    LARGEST_POOL,
    LARGEST_POSTING,
    POOL_UNKNOWN,
    SERVICE,
    SOURCES,
    in_unit,
)


class AccruePoints(Request):
    """``reference`` says what earned the points (a bill line, an order, a campaign); ``pool`` who pays for them."""

    request_id = text(80)
    member_id = identifier("mbr")
    unit = in_unit()
    pool = integer(0, LARGEST_POOL, load_default=0)
    points = integer(1, LARGEST_POSTING)
    source = choice(*SOURCES)
    reference = text(120)


class Accrued(Record):
    """``repaid`` of the points went to what the member owed."""

    journal_id = integer()
    points = integer()
    repaid = integer(load_default=0)
    available = integer()
    expires_on = text(10, allow_none=True)


class Posting(Record):
    member_id = identifier("mbr")
    points = integer(1)
    available = integer()
    expires_on = text(10, allow_none=True)


class PointsAccruedData(Record):
    """One posting, or a chunk of a bill run. ``reference`` names the bill run or whatever earned the points.

    ``points`` may be coins: look at ``unit``.
    """

    unit = in_unit()
    source = choice(*SOURCES)
    reference = text(120)
    effective_on = text(10)
    postings = listed(Posting, shortest=1, longest=LARGEST_BATCH)


ACCRUE_POINTS = Command(
    SERVICE, "accrue_points", AccruePoints, Accrued, refuses=(ACCOUNT_UNKNOWN, ACCOUNT_FROZEN, POOL_UNKNOWN)
)
POINTS_ACCRUED = Event(SERVICE, "points.accrued.v1", PointsAccruedData)
