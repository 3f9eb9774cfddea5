"""Qualifying points and tiers, for whole batches at once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.data.audit import MOST_SHOWN
from services.chassis.data.work import Work
from services.members.storage.tables import member, tier_change, tier_rule

_ADD = sa.text(
    """
    UPDATE member SET qualifying_points = member.qualifying_points + posted.points
    FROM unnest(CAST(:ids AS text[]), CAST(:points AS bigint[])) AS posted (member_id, points)
    WHERE member.member_id = posted.member_id
    RETURNING member.member_id, member.state, member.tier, member.qualifying_points
    """
)
_ADD_TO_MONTH = sa.text(
    """
    INSERT INTO qualifying_month (member_id, month, points)
    SELECT member_id, :month, posted.points
    FROM unnest(CAST(:ids AS text[]), CAST(:points AS bigint[])) AS posted (member_id, points)
        JOIN member USING (member_id)
    ORDER BY member_id
    ON CONFLICT (member_id, month) DO UPDATE SET points = qualifying_month.points + EXCLUDED.points
    """
)
# From the month of the earning back, and only then from later ones. A month that comes to nothing goes.
_TAKE = sa.text(
    """
    WITH counted AS (
        SELECT month, points, sum(points) OVER (ORDER BY month <= :month DESC, month DESC) - points AS before
        FROM qualifying_month WHERE member_id = :member_id
    ), taken AS (
        SELECT month, points, least(points, :points - before) AS part FROM counted WHERE before < :points
    ), emptied AS (
        DELETE FROM qualifying_month USING taken
        WHERE member_id = :member_id AND qualifying_month.month = taken.month AND part = taken.points
    ), lessened AS (
        UPDATE qualifying_month SET points = qualifying_month.points - part FROM taken
        WHERE member_id = :member_id AND qualifying_month.month = taken.month AND part < taken.points
    ), total AS (
        SELECT CAST(coalesce(sum(part), 0) AS bigint) AS points FROM taken
    )
    UPDATE member SET qualifying_points = qualifying_points - total.points FROM total
    WHERE member_id = :member_id RETURNING total.points
    """
)
_MOVE = sa.text(
    """
    UPDATE member SET tier = due.tier, version = member.version + 1
    FROM unnest(CAST(:ids AS text[]), CAST(:previous AS text[]), CAST(:tiers AS text[]))
        AS due (member_id, previous, tier)
    WHERE member.member_id = due.member_id AND member.tier = due.previous
    RETURNING member.member_id, due.previous, member.tier, member.qualifying_points, member.version
    """
)


def thresholds_in_force(work: Work) -> dict[str, int]:
    """Tier -> least qualifying points, by the rules in force now."""
    newest = (
        sa.select(tier_rule.c.tier, tier_rule.c.least_points)
        .distinct(tier_rule.c.tier)
        .where(tier_rule.c.effective_from <= work.now)
        .order_by(tier_rule.c.tier, tier_rule.c.effective_from.desc())
    )
    return {row.tier: row.least_points for row in work.execute(newest)}


def add_qualifying_points(work: Work, points_of: Mapping[str, int], month: date) -> list[Any]:
    """Two statements however many members; their ids, states, tiers and new points. Unknown ids are left out."""
    ids = sorted(points_of)
    values = {"ids": ids, "points": [points_of[member_id] for member_id in ids]}
    work.execute(_ADD_TO_MONTH, values | {"month": month})
    return list(work.execute(_ADD, values).all())


def take_qualifying_points(work: Work, member_id: str, points: int, month: date) -> int:
    """How many were taken off a locked member: ``points``, or all that have been counted, if those are fewer."""
    values = {"member_id": member_id, "points": points, "month": month}
    return int(work.execute(_TAKE, values).scalar_one())


def move_tiers(work: Work, moves: list[tuple[str, str, str]]) -> list[Any]:
    """``moves`` are (member, previous tier, tier); those that were still in the previous one, with their version."""
    ids, previous, tiers = (list(column) for column in zip(*sorted(moves), strict=True))
    return list(work.execute(_MOVE, {"ids": ids, "previous": previous, "tiers": tiers}).all())


def record_tier_changes(work: Work, rows: list[dict[str, Any]]) -> None:
    work.execute(tier_change.insert(), rows)


def members_below_their_tier(work: Work, thresholds: Mapping[str, int], ranks: tuple[str, ...]) -> list[str]:
    """Members who are not cancelled and have a lower tier than their points earn, as many as an audit shows."""
    due = sa.or_(
        *(
            sa.and_(member.c.qualifying_points >= least, member.c.tier.in_(ranks[: ranks.index(tier)]))
            for tier, least in thresholds.items()
        ),
        sa.false(),
    )
    below = sa.select(member.c.member_id).where(member.c.state != "cancelled", due)
    return list(work.execute(below.order_by(member.c.member_id).limit(MOST_SHOWN)).scalars())
