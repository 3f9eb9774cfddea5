"""Points that members earned count towards their tier."""

from collections import Counter
from datetime import date
from typing import Any

import structlog

from services.chassis.data.work import ReceivedEvent, Work
from services.members.contract import TIER_CHANGED
from services.members.domain.member_states import CANCELLED
from services.members.domain.tiers import tier_after
from services.members.storage.locks import lock_members
from services.members.storage.tiers import (
    add_qualifying_points,
    move_tiers,
    record_tier_changes,
    thresholds_in_force,
)
from services.points.contract import POINTS

log = structlog.get_logger(__name__)


def count_qualifying_points(work: Work, event: ReceivedEvent) -> None:
    """One posting or a thousand, in a few statements. The order of events does not matter: points only add up.

    A member who is not known here is left out and logged; a cancelled one keeps the points and the tier. Coins do not
    count.
    """
    if event.data["unit"] != POINTS:
        return
    points_of = _points_by_member(event.data["postings"])
    lock_members(work, list(points_of))
    month = date.fromisoformat(event.data["effective_on"]).replace(day=1)
    counted = add_qualifying_points(work, points_of, month)
    if len(counted) < len(points_of):
        log.warning("members_unknown", event_id=event.id, members=len(points_of) - len(counted))
    raise_tiers(work, counted, cause=event.id)


def raise_tiers(work: Work, members: list[Any], cause: str) -> None:
    """Those whose points earn a higher tier get it at once; ``members`` must be locked."""
    thresholds = thresholds_in_force(work)
    due = [(row, tier_after(row.tier, row.qualifying_points, thresholds)) for row in members if row.state != CANCELLED]
    moves = [(row.member_id, row.tier, tier) for row, tier in due if tier != row.tier]
    if moves:
        _record(work, move_tiers(work, moves), cause)


def _record(work: Work, moved: list[Any], cause: str) -> None:
    audit = {"cause": cause, "actor": work.context.actor, "changed_at": work.now}
    record_tier_changes(work, [dict(row._mapping) | audit for row in moved])
    for row in moved:
        work.emit(TIER_CHANGED, row.member_id, dict(row._mapping), sequence=row.version)


def _points_by_member(postings: list[dict[str, Any]]) -> dict[str, int]:
    points: Counter[str] = Counter()
    for posting in postings:
        points[posting["member_id"]] += posting["points"]
    return dict(points)
