"""Entries: the signed legs of a journal, all written by one statement so that their sum is checked at once."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.buckets import Share, total
from services.points.domain.chart import POINTS

_WRITE = sa.text("""
    INSERT INTO entry (journal_id, seq, account_id, unit, amount, pool, expires_on)
    SELECT :journal_id, leg.seq, :account_id, :unit, leg.points * :sign, leg.pool, leg.expires_on
    FROM unnest(CAST(:pools AS smallint[]), CAST(:days AS date[]), CAST(:points AS bigint[]))
         WITH ORDINALITY AS leg (pool, expires_on, points, seq)
    UNION ALL
    SELECT :journal_id, 0,
           (SELECT id FROM account WHERE unit = :unit AND kind = 'system' AND owner = :counter_account),
           :unit, -:total * :sign, NULL, NULL
""")


def write_received(work: Work, journal_id: int, account_id: int, shares: Sequence[Share], source: str) -> None:
    """``shares`` come to the wallet from the system account ``source``."""
    _write(work, journal_id, account_id, shares, source, sign=1)


def write_given(work: Work, journal_id: int, account_id: int, shares: Sequence[Share], target: str) -> None:
    """``shares`` go from the wallet to the system account ``target``."""
    _write(work, journal_id, account_id, shares, target, sign=-1)


def _write(
    work: Work, journal_id: int, account_id: int, shares: Sequence[Share], counter_account: str, sign: int
) -> None:
    work.execute(
        _WRITE,
        {
            "journal_id": journal_id,
            "account_id": account_id,
            "unit": POINTS,
            "sign": sign,
            "pools": [share.pool for share in shares],
            "days": [share.expires_on for share in shares],
            "points": [share.points for share in shares],
            "total": total(shares),
            "counter_account": counter_account,
        },
    )
