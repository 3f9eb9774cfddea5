"""The ledger as the liability report reads it: one statement, hence one moment, over all entries there are."""

from collections import defaultdict
from datetime import date, datetime

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.liability.layers import Movement
from services.points.domain.liability.ledger import LedgerReading
from services.points.domain.liability.months import Month

# Wallets are many and all others few, so the few are looked up: what is none of them is a wallet's. They are no CTE of
# their own, as the workers of a parallel plan could not read that: it takes twice as long then.
_READING = sa.text("""
    WITH booked AS MATERIALIZED (
        SELECT entry.unit, other.id IS NULL AS of_wallet, entry.pool, entry.expires_on,
               CAST(date_trunc('month', journal.effective_on) AS date) AS month, journal.kind, journal.source,
               journal.effective_on <= :day AND journal.posted_at <= :booked_by AS within,
               journal.effective_on <= :closed_day AND journal.posted_at <= :closed_booked_by AS closed,
               CAST(coalesce(sum(entry.amount) FILTER (WHERE entry.amount > 0), 0) AS bigint) AS came,
               CAST(coalesce(-sum(entry.amount) FILTER (WHERE entry.amount < 0), 0) AS bigint) AS went
        FROM entry JOIN journal ON journal.id = entry.journal_id
        LEFT JOIN (SELECT id FROM account WHERE kind <> 'wallet') AS other ON other.id = entry.account_id
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    )
    SELECT CASE WHEN of_wallet AND within THEN 'moved' WHEN of_wallet THEN 'beyond' ELSE 'others' END AS what, booked.*
    FROM booked WHERE of_wallet OR within
    UNION ALL
    SELECT 'wallets', unit, true, NULL, NULL, NULL, NULL, NULL, true, false, CAST(sum(posted) AS bigint), 0
    FROM account WHERE kind = 'wallet' GROUP BY unit
""")
_CLOCK = sa.text("SELECT clock_timestamp()")
NOTHING = date.min  # the last day of what was closed before anything was


def read_ledger(
    work: Work, day: date, booked_by: datetime, closed_day: date | None, closed_booked_by: datetime | None
) -> LedgerReading:
    """All that happened until the end of ``day`` in China and was booked by ``booked_by``; ``closed_…`` are the two
    clocks of the last close, if there is one."""
    clocks = {"day": day, "booked_by": booked_by}
    clocks |= {"closed_day": closed_day or NOTHING, "closed_booked_by": closed_booked_by or booked_by}
    movements, sums = [], defaultdict[str, dict[str, int]](lambda: defaultdict(int))
    for row in work.execute(_READING, clocks):
        if row.what == "moved":
            movements.append(_movement(row))
        else:
            sums[row.what][row.unit] += row.came - row.went
    return LedgerReading(movements, dict(sums["beyond"]), dict(sums["others"]), dict(sums["wallets"]))


def clock(work: Work) -> datetime:
    """The database's, by which journals are booked."""
    return work.execute(_CLOCK).scalar_one()


def _movement(row: sa.Row) -> Movement:
    return Movement(
        row.unit, row.pool, row.expires_on, Month.of(row.month), row.kind, row.source, row.came, row.went, row.closed
    )
