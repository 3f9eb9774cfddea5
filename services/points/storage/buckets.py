"""Buckets of a wallet: the points of one pool and expiry day. Only who holds the wallet's lock writes here."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.buckets import Share

_FREE = sa.text("""
    SELECT pool, expires_on, remaining - held AS points FROM bucket
    WHERE account_id = :account_id AND remaining > held
""")
_FREE_OF_MANY = sa.text("""
    SELECT account_id, pool, expires_on, remaining - held AS points FROM bucket
    WHERE account_id = ANY(CAST(:account_ids AS bigint[])) AND remaining > held
""")
_SHARES = """
    unnest(CAST(:pools AS smallint[]), CAST(:days AS date[]), CAST(:points AS bigint[]))
    AS share (pool, expires_on, points)
"""
_CHANGE = sa.text(f"""
    UPDATE bucket SET remaining = remaining + :remaining * share.points, held = bucket.held + :held * share.points
    FROM {_SHARES}
    WHERE bucket.account_id = :account_id AND bucket.pool = share.pool AND bucket.expires_on = share.expires_on
""")  # noqa: S608 — the inserted text is the constant above
_CREDIT = sa.text(f"""
    INSERT INTO bucket (account_id, pool, expires_on, remaining)
    SELECT :account_id, share.pool, share.expires_on, share.points FROM {_SHARES}
    ON CONFLICT (account_id, pool, expires_on) DO UPDATE SET remaining = bucket.remaining + excluded.remaining
""")  # noqa: S608


def free_points(work: Work, account_id: int) -> list[Share]:
    """What is not held, expired buckets included, in no order."""
    return [Share(row.pool, row.expires_on, row.points) for row in work.execute(_FREE, {"account_id": account_id})]


def free_points_of(work: Work, account_ids: Sequence[int]) -> dict[int, list[Share]]:
    """The same of many wallets."""
    free: dict[int, list[Share]] = {account_id: [] for account_id in account_ids}
    for row in work.execute(_FREE_OF_MANY, {"account_ids": list(account_ids)}):
        free[row.account_id].append(Share(row.pool, row.expires_on, row.points))
    return free


def credit(work: Work, account_id: int, shares: Sequence[Share]) -> None:
    """Add ``shares``, one a bucket, to their buckets."""
    work.execute(_CREDIT, _parameters(account_id, shares))


def earmark(work: Work, account_id: int, shares: Sequence[Share]) -> None:
    """From free to held."""
    _change(work, account_id, shares, remaining=0, held=1)


def take_free(work: Work, account_id: int, shares: Sequence[Share]) -> None:
    """Free points leave the wallet."""
    _change(work, account_id, shares, remaining=-1, held=0)


def _change(work: Work, account_id: int, shares: Sequence[Share], remaining: int, held: int) -> None:
    if not shares:
        return
    signs = {"remaining": remaining, "held": held}
    changed = work.execute(_CHANGE, _parameters(account_id, shares) | signs).rowcount
    if changed != len(shares):
        raise RuntimeError(f"account {account_id}: {changed} of {len(shares)} buckets found")


def _parameters(account_id: int, shares: Sequence[Share]) -> dict[str, object]:
    return {
        "account_id": account_id,
        "pools": [share.pool for share in shares],
        "days": [share.expires_on for share in shares],
        "points": [share.points for share in shares],
    }
