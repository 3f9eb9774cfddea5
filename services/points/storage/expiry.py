"""What has expired, booked set-based. The wallets are locked before (storage/locks.py).

A bucket that is empty once its day is over is removed: nothing can come to it any more, and neither redemptions nor the
next run need read it again. What is held stays.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.chart import BREAKAGE

_TODAY = sa.text("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
_UNTOUCHED = "(remaining > held OR held = 0)"
# Days are looked for one by one: there are few of them, however many buckets.
_DUE_DAYS = sa.text(f"""
    WITH RECURSIVE day AS (
        SELECT min(expires_on) AS expires_on FROM bucket WHERE expires_on < :before
        UNION ALL
        SELECT (SELECT min(expires_on) FROM bucket WHERE expires_on < :before AND expires_on > day.expires_on)
        FROM day WHERE day.expires_on IS NOT NULL
    )
    SELECT expires_on FROM day
    WHERE EXISTS (SELECT FROM bucket WHERE bucket.expires_on = day.expires_on AND {_UNTOUCHED})
    ORDER BY expires_on
""")  # noqa: S608 — what is inserted here and below are constants of this module
_DUE_WALLETS = sa.text(f"""
    SELECT DISTINCT account_id FROM bucket
    WHERE expires_on = :day AND account_id > :after AND {_UNTOUCHED}
    ORDER BY account_id LIMIT :most
""")  # noqa: S608
_DUE_COUNT = sa.text(f"SELECT count(*) FROM bucket WHERE expires_on < :before AND {_UNTOUCHED}")  # noqa: S608
# The wallets are neighbours in the index by day: their range is read at once. Which of them are locked is looked up
# for each (by the sum, so that the index is not searched for one after the other).
_OF_CHUNK = """
    expires_on = :day AND account_id BETWEEN :first AND :last AND account_id + 0 = ANY(CAST(:wallets AS bigint[]))
"""
_BOOK = sa.text(f"""
    WITH due AS MATERIALIZED (
        SELECT account_id, pool, remaining - held AS points, row_number() OVER (ORDER BY account_id, pool) AS seq
        FROM bucket WHERE {_OF_CHUNK} AND remaining > held
    ), loss AS MATERIALIZED (
        SELECT account_id, CAST(sum(points) AS bigint) AS points, count(*) AS buckets FROM due GROUP BY account_id
    ), removed AS (
        DELETE FROM bucket WHERE {_OF_CHUNK} AND held = 0
    ), kept AS (
        UPDATE bucket SET remaining = held WHERE {_OF_CHUNK} AND held > 0 AND remaining > held
    ), wallet AS (
        UPDATE account SET posted = account.posted - loss.points, version = version + 1
        FROM loss WHERE account.id = loss.account_id
        RETURNING account.id, account.owner, account.posted - account.held AS covered, loss.points, loss.buckets
    ), written AS (
        INSERT INTO entry (journal_id, seq, account_id, unit, amount, pool, expires_on)
        SELECT :journal_id, seq, account_id, :unit, -points, pool, CAST(:day AS date) FROM due
        UNION ALL
        SELECT :journal_id, 0,
               (SELECT id FROM account WHERE unit = :unit AND kind = 'system' AND owner = :breakage),
               :unit, gone.points, NULL, NULL
        FROM (SELECT CAST(sum(points) AS bigint) AS points FROM due) AS gone WHERE gone.points > 0
    )
    SELECT owner, points, buckets,
           covered - (SELECT CAST(coalesce(sum(remaining - held), 0) AS bigint) FROM bucket
                      WHERE account_id = wallet.id AND expires_on < :today AND expires_on <> :day) AS available
    FROM wallet ORDER BY id
""")  # noqa: S608


class Loss(NamedTuple):
    """What one wallet lost in one chunk; ``available`` is what it has left to spend."""

    member_id: str
    points: int
    buckets: int
    available: int


def database_today(work: Work) -> date:
    """The day in China by the database's clock."""
    return work.execute(_TODAY).scalar_one()


def due_days(work: Work, before: date) -> list[date]:
    """Days before ``before`` of which something is left to book, the oldest first."""
    return list(work.execute(_DUE_DAYS, {"before": before}).scalars())


def due_wallets(work: Work, day: date, after: int, most: int) -> list[int]:
    """Of the day's wallets that have something to book, at most ``most`` after account ``after``, in account order."""
    return list(work.execute(_DUE_WALLETS, {"day": day, "after": after, "most": most}).scalars())


def count_due_buckets(work: Work, before: date) -> int:
    return int(work.execute(_DUE_COUNT, {"before": before}).scalar_one())


def book(work: Work, unit: str, wallets: Sequence[int], day: date, journal_id: int, today: date) -> list[Loss]:
    """What is not held of the day's buckets goes to breakage, as one leg. Told of are wallets that lost some.

    ``wallets``, of one unit, are in account order, at least one.
    """
    chunk = {"wallets": list(wallets), "first": wallets[0], "last": wallets[-1], "day": day}
    values = {**chunk, "journal_id": journal_id, "unit": unit, "today": today, "breakage": BREAKAGE}
    return [Loss._make(row) for row in work.execute(_BOOK, values)]
