"""Notices of expiring points: which are given, and how far each is."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

_RULES = sa.text("""
    SELECT days_before, given, effective_from, actor FROM (
        SELECT DISTINCT ON (days_before) days_before, given, effective_from, actor FROM expiry_notice
        WHERE effective_from <= :day ORDER BY days_before, effective_from DESC, id DESC
    ) AS newest ORDER BY days_before DESC
""")
_BEGUN = sa.text("""
    SELECT expires_on, array_agg(days_before) AS days_before FROM expiry_notice_run
    WHERE expires_on >= :day GROUP BY expires_on
""")
_OPEN = sa.text("""
    INSERT INTO expiry_notice_run (expires_on, days_before, actor) VALUES (:expires_on, :days_before, :actor)
    ON CONFLICT DO NOTHING
""")
_OVERTAKE = sa.text("""
    UPDATE expiry_notice_run SET state = 'overtaken', finished_at = now()
    WHERE expires_on = :expires_on AND days_before > :days_before AND state = 'running'
""")
_MISSED = sa.text("""
    UPDATE expiry_notice_run SET state = 'overtaken', finished_at = now() WHERE expires_on < :day AND state = 'running'
""")
_ADVANCE = sa.text("""
    UPDATE expiry_notice_run SET after_account = :after_account, chunks = chunks + 1, wallets = wallets + :wallets,
                                 points = points + :points, coins = coins + :coins
    WHERE expires_on = :expires_on AND days_before = :days_before
""")
_FINISH = sa.text("""
    UPDATE expiry_notice_run SET state = 'done', finished_at = now()
    WHERE expires_on = :expires_on AND days_before = :days_before
""")
_LATEST = sa.text("""
    SELECT expires_on, days_before, state, chunks, wallets, points, coins, actor, started_at, finished_at
    FROM expiry_notice_run ORDER BY started_at DESC, days_before LIMIT :most
""")


def notice_rules(work: Work, day: date) -> list[dict[str, Any]]:
    """{"days_before", "given", "effective_from", "actor"} in force on ``day``, the earliest notice first."""
    return [dict(row._mapping) for row in work.execute(_RULES, {"day": day})]


def notices_begun(work: Work, day: date) -> dict[date, list[int]]:
    """By expiry day, from ``day`` on: the notices that were begun."""
    return {row.expires_on: row.days_before for row in work.execute(_BEGUN, {"day": day})}


def open_notice(work: Work, expires_on: date, days_before: int) -> None:
    """Once for ever: a notice that is there already, done or not, stays as it is. Earlier ones end where they are."""
    run = {"expires_on": expires_on, "days_before": days_before}
    work.execute(_OPEN, run | {"actor": work.context.actor})
    work.execute(_OVERTAKE, run)


def end_missed_notices(work: Work, day: date) -> None:
    """Those of points that expired before ``day``: there is nothing left to tell."""
    work.execute(_MISSED, {"day": day})


def advance_notice(
    work: Work, expires_on: date, days_before: int, after_account: int, wallets: int, points: int, coins: int
) -> None:
    run = {"expires_on": expires_on, "days_before": days_before, "after_account": after_account}
    work.execute(_ADVANCE, run | {"wallets": wallets, "points": points, "coins": coins})


def finish_notice(work: Work, expires_on: date, days_before: int) -> None:
    work.execute(_FINISH, {"expires_on": expires_on, "days_before": days_before})


def latest_notices(work: Work, most: int) -> list[dict[str, Any]]:
    """The latest begun first."""
    return [dict(row._mapping) for row in work.execute(_LATEST, {"most": most})]
