"""Many wallets changed at once, set-based, for one journal. They must be locked, or made by this transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.buckets import Share, total
from services.points.storage.wallets import Balance

# What moves is not expired, so the expired points are those of before.
_CHANGE = sa.text("""
    WITH change AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:account_ids AS bigint[]), CAST(:posted AS bigint[]), CAST(:lifetime AS bigint[]),
                             CAST(:owed AS bigint[])) AS one (account_id, posted, lifetime, owed)
    ), share AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:share_accounts AS bigint[]), CAST(:pools AS smallint[]), CAST(:days AS date[]),
                             CAST(:points AS bigint[])) AS one (account_id, pool, expires_on, points)
    ), filled AS (
        INSERT INTO bucket (account_id, pool, expires_on, remaining)
        SELECT * FROM share WHERE points > 0 ORDER BY account_id, pool, expires_on
        ON CONFLICT (account_id, pool, expires_on) DO UPDATE SET remaining = bucket.remaining + excluded.remaining
    ), emptied AS (
        UPDATE bucket SET remaining = remaining + share.points FROM share
        WHERE share.points < 0 AND bucket.account_id = share.account_id AND bucket.pool = share.pool
              AND bucket.expires_on = share.expires_on
        RETURNING bucket.account_id
    ), wallet AS (
        UPDATE account SET posted = account.posted + change.posted, lifetime = account.lifetime + change.lifetime,
                           owed = account.owed + change.owed, version = version + 1
        FROM change WHERE account.id = change.account_id
        RETURNING account.id, account.version, account.posted - account.held AS covered
    )
    SELECT wallet.id, wallet.version, (SELECT count(*) FROM emptied) AS emptied,
           wallet.covered - (SELECT coalesce(sum(remaining - held), 0) FROM bucket
                             WHERE account_id = wallet.id AND expires_on < :today) AS available
    FROM wallet
""")


@dataclass(frozen=True)
class WalletChange:
    """Free shares that come to and leave one wallet, one a bucket; ``repaid`` of what it owes; ``earned`` in all."""

    account_id: int
    came: Sequence[Share] = ()
    went: Sequence[Share] = ()
    repaid: int = 0
    earned: int = 0


def change_wallets(work: Work, changes: Sequence[WalletChange], today: date) -> dict[int, Balance]:
    """One change a wallet; what one cannot cover breaks a CHECK, and with it the transaction."""
    came = [(change.account_id, share, share.points) for change in changes for share in change.came]
    went = [(change.account_id, share, -share.points) for change in changes for share in change.went]
    rows = work.execute(_CHANGE, {**_sums(changes), **_shares([*came, *went]), "today": today}).all()
    if len(rows) != len(changes) or (rows and rows[0].emptied != len(went)):
        raise RuntimeError(f"{len(rows)} of {len(changes)} wallets and not all of their buckets found")
    return {row.id: Balance(int(row.available), row.version) for row in rows}


def _sums(changes: Sequence[WalletChange]) -> dict[str, list[int]]:
    return {
        "account_ids": [change.account_id for change in changes],
        "posted": [total(change.came) - total(change.went) for change in changes],
        "lifetime": [change.earned for change in changes],
        "owed": [-change.repaid for change in changes],
    }


def _shares(moved: Sequence[tuple[int, Share, int]]) -> dict[str, list]:
    return {
        "share_accounts": [account_id for account_id, _, _ in moved],
        "pools": [share.pool for _, share, _ in moved],
        "days": [share.expires_on for _, share, _ in moved],
        "points": [points for _, _, points in moved],
    }
