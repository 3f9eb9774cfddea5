"""Gifts and their limits. The giver's wallet lock covers what was given before."""

from datetime import date

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.gifts import GiftLimit, Given

_LIMIT = sa.text("""
    SELECT smallest, largest, points_a_day, points_a_month, gifts_a_day FROM gift_limit
    WHERE effective_from <= :day ORDER BY effective_from DESC, id DESC LIMIT 1
""")
_GIVEN = sa.text("""
    SELECT CAST(coalesce(sum(points) FILTER (WHERE given_on = :today), 0) AS bigint) AS points_today,
           CAST(coalesce(sum(points), 0) AS bigint) AS points_this_month,
           count(*) FILTER (WHERE given_on = :today) AS gifts_today
    FROM gift WHERE giver = :account_id AND given_on BETWEEN :month AND :today
""")
_NOTE = sa.text("""
    INSERT INTO gift (journal_id, giver, receiver, points, message, given_on)
    VALUES (:journal_id, :giver, :receiver, :points, :message, :given_on)
""")


def gift_limit(work: Work, day: date) -> GiftLimit:
    row = work.execute(_LIMIT, {"day": day}).one_or_none()
    if row is None:
        raise LookupError(f"no limits of gifts on {day}")
    return GiftLimit(*tuple(row))


def given_by(work: Work, account_id: int, today: date) -> Given:
    """Today and this month; nothing is added to it before the commit of who holds the wallet's lock."""
    row = work.execute(_GIVEN, {"account_id": account_id, "today": today, "month": today.replace(day=1)}).one()
    return Given(row.points_today, row.points_this_month, row.gifts_today)


def note_gift(
    work: Work, journal_id: int, giver: int, receiver: int, points: int, message: str | None, given_on: date
) -> None:
    """After its journal is written."""
    values = {"journal_id": journal_id, "giver": giver, "receiver": receiver, "points": points}
    work.execute(_NOTE, {**values, "message": message, "given_on": given_on})
