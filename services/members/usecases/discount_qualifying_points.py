"""Points that were clawed back do not count towards a tier any more."""

from datetime import date

import structlog

from services.chassis.data.work import ReceivedEvent, Work
from services.members.storage.locks import lock_members
from services.members.storage.tiers import take_qualifying_points
from services.points.contract import POINTS

log = structlog.get_logger(__name__)


class NotCountedYet(Exception):
    """The accrual is still on its way here: the event waits, and is tried again."""


def discount_qualifying_points(work: Work, event: ReceivedEvent) -> None:
    """The tier stays what it is until its period ends; coins never counted. An unknown member is logged."""
    if event.data["unit"] != POINTS:
        return
    member_id, points = event.data["member_id"], event.data["points"]
    if not lock_members(work, [member_id]):
        log.warning("members_unknown", event_id=event.id, members=1)
        return
    month = date.fromisoformat(event.data["earned_on"]).replace(day=1)
    if take_qualifying_points(work, member_id, points, month) < points:
        raise NotCountedYet(f"{event.id}: more was clawed back than has been counted so far")
