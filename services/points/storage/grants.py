"""The same number of points to many new wallets in one journal, set-based."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.chart import GENERAL_POOL, POINTS

_GRANT = sa.text("""
    WITH receiver AS (
        SELECT id, seq FROM unnest(CAST(:account_ids AS bigint[])) WITH ORDINALITY AS one (id, seq)
    ), wallet AS (
        UPDATE account SET posted = posted + :points, lifetime = lifetime + :points, version = version + 1
        FROM receiver WHERE account.id = receiver.id
    ), filled AS (
        INSERT INTO bucket (account_id, pool, expires_on, remaining)
        SELECT id, :pool, :expires_on, :points FROM receiver ORDER BY id
        ON CONFLICT (account_id, pool, expires_on) DO UPDATE SET remaining = bucket.remaining + excluded.remaining
    )
    INSERT INTO entry (journal_id, seq, account_id, unit, amount, pool, expires_on)
    SELECT :journal_id, seq, id, :unit, :points, CAST(:pool AS smallint), CAST(:expires_on AS date) FROM receiver
    UNION ALL
    SELECT :journal_id, 0,
           (SELECT id FROM account WHERE unit = :unit AND kind = 'system' AND owner = :issuer),
           :unit, -:points * (SELECT count(*) FROM receiver), NULL, NULL
""")


def grant(work: Work, journal_id: int, account_ids: Sequence[int], points: int, expires_on: date, issuer: str) -> None:
    """The wallets must be locked, or made by this transaction."""
    work.execute(
        _GRANT,
        {
            "journal_id": journal_id,
            "account_ids": list(account_ids),
            "points": points,
            "pool": GENERAL_POOL,
            "expires_on": expires_on,
            "unit": POINTS,
            "issuer": issuer,
        },
    )
