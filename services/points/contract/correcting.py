"""Points taken back: what was earned and turned out not to be due."""

from services.chassis.contract import Command, Event
from services.chassis.schemas import Record, Request, choice, identifier, integer, text
from services.points.contract.vocabulary import (
    ACCOUNT_UNKNOWN,
    CLAW_BACK_TOO_LARGE,
    EARNING_UNKNOWN,
    LARGEST_POSTING,
    SERVICE,
    SOURCES,
    in_unit,
)


class ClawBack(Request):
    """``policy`` says what becomes of points that are not there any more: forgiven, or owed by the member.

    ``corrects`` is the journal of the earning, which must be of ``source``; never more than it gave, all claw-backs of
    it together. Without it, never more than the member earned in all.
    """

    request_id = text(80)
    member_id = identifier("mbr")
    unit = in_unit()
    points = integer(1, LARGEST_POSTING)
    policy = choice("within_balance", "debt")
    source = choice(*SOURCES)
    reason = text(80)
    corrects = integer(1, allow_none=True, load_default=None)


class ClawedBack(Record):
    """``points`` asked for = ``drawn`` from the wallet + ``owed`` from now on + ``forgiven``."""

    journal_id = integer()
    points = integer()
    drawn = integer()
    owed = integer()
    forgiven = integer()
    available = integer()


class PointsClawedBackData(Record):
    """``points`` that the member has or will have less; ``earned_on`` is the day of the earning, if that is known."""

    member_id = identifier("mbr")
    unit = in_unit()
    points = integer(1)
    owed = integer()
    available = integer()
    source = choice(*SOURCES)
    reason = text(80)
    earned_on = text(10)


CLAW_BACK = Command(
    SERVICE,
    "claw_back",
    ClawBack,
    ClawedBack,
    refuses=(ACCOUNT_UNKNOWN, EARNING_UNKNOWN, CLAW_BACK_TOO_LARGE),
)
POINTS_CLAWED_BACK = Event(SERVICE, "points.clawed_back.v1", PointsClawedBackData)
