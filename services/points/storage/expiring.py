"""What is about to expire."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from services.chassis.data.work import Work

_DAYS = sa.text("""
    WITH RECURSIVE day AS (
        SELECT min(expires_on) AS expires_on FROM bucket WHERE expires_on BETWEEN :first AND :last
        UNION ALL
        SELECT (SELECT min(expires_on) FROM bucket WHERE expires_on <= :last AND expires_on > day.expires_on)
        FROM day WHERE day.expires_on IS NOT NULL
    )
    SELECT expires_on FROM day WHERE expires_on IS NOT NULL ORDER BY expires_on
""")
# Whoever has cancelled the contract cannot spend them any more; whoever is suspended may be back in time.
_WALLETS = sa.text("""
    WITH next AS MATERIALIZED (
        SELECT account_id, sum(remaining - held) AS points FROM bucket
        WHERE expires_on = :day AND account_id > :after AND remaining > held
        GROUP BY account_id ORDER BY account_id LIMIT :most
    )
    SELECT next.account_id, account.unit, account.owner, next.points,
           coalesce(holder.state <> 'cancelled', true) AS told
    FROM next JOIN account ON account.id = next.account_id LEFT JOIN holder ON holder.member_id = account.owner
    ORDER BY next.account_id
""")


@dataclass(frozen=True)
class Expiring:
    """``points`` (or coins) of one wallet, free ones; not ``told``: nobody is there any more who could spend them."""

    account_id: int
    unit: str
    member_id: str
    points: int
    told: bool


def expiring_days(work: Work, first: date, last: date) -> list[date]:
    """Days from ``first`` to ``last`` on which something may expire."""
    return list(work.execute(_DAYS, {"first": first, "last": last}).scalars())


def expiring_wallets(work: Work, day: date, after: int, most: int) -> list[Expiring]:
    """At most ``most`` wallets after account ``after``, in account order."""
    rows = work.execute(_WALLETS, {"day": day, "after": after, "most": most})
    return [Expiring(row.account_id, row.unit, row.owner, int(row.points), row.told) for row in rows]
