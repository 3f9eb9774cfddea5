"""Balances against the entries they are derived from: each figure of a wallet, bucket or leaf that is not theirs.

Every query gives (key, account_id, unit, kind, owner, name, said, booked) of the accounts from ``first`` to ``last``:
the figure ``name`` of the row ``key`` says one thing, and what was booked says another.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.proofs import START
from services.points.storage.proofs import posting_lines_of

LOWEST, HIGHEST = -(2**63), 2**63 - 1
# A slice is a few accounts of many, whatever the statistics say.
_BY_INDEX = sa.text("""
    SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
           set_config('work_mem', '64MB', true)
""")
_NEXT = sa.text("""
    SELECT max(id) FROM (SELECT id FROM account WHERE id > :after ORDER BY id LIMIT :most) AS page
    HAVING count(*) = :most
""")


def _differing(row: str, **booked: str) -> str:
    """Figures of ``row`` by their columns, and what they should be."""
    figures = [f"('{name}', CAST({row}.{name} AS text), CAST({should} AS text))" for name, should in booked.items()]
    return f"""
        CROSS JOIN LATERAL (VALUES {", ".join(figures)}) AS figure (name, said, booked)
        WHERE figure.said IS DISTINCT FROM figure.booked"""


# What a member owes stands on the wallet's row and is booked on the debt account; so are earnings that repaid it.
_WALLETS = f"""
    WITH wallet AS MATERIALIZED (
        SELECT * FROM account WHERE id BETWEEN :first AND :last AND kind = 'wallet'
    ), whose AS (
        SELECT id AS wallet_id, id FROM wallet UNION ALL
        SELECT wallet.id, debt.id FROM wallet
        JOIN account AS debt ON debt.kind = 'debt' AND debt.owner = wallet.owner AND debt.unit = wallet.unit
    ), booked AS (
        SELECT wallet_id, sum(amount) FILTER (WHERE whose.id = wallet_id) AS posted,
               -sum(amount) FILTER (WHERE whose.id <> wallet_id) AS owed,
               sum(amount) FILTER (WHERE journal.kind IN ('accrual', 'clawback')) AS lifetime
        FROM whose JOIN entry ON entry.account_id = whose.id LEFT JOIN journal ON journal.id = entry.journal_id
        GROUP BY wallet_id
    ), holding AS (
        SELECT account_id, sum(amount) AS held FROM hold
        WHERE state = 'open' AND account_id BETWEEN :first AND :last GROUP BY account_id
    ), due AS (
        SELECT wallet.id, CASE WHEN holder.state = 'active' AND NOT EXISTS (
            SELECT FROM account_freeze LEFT JOIN account_unfreeze ON freeze_id = account_freeze.id
            WHERE account_freeze.member_id = wallet.owner AND freeze_id IS NULL) THEN 'open' ELSE 'frozen' END AS status
        FROM wallet LEFT JOIN holder ON holder.member_id = wallet.owner
    )
    SELECT wallet.id AS key, wallet.id AS account_id, wallet.unit, wallet.kind, wallet.owner, figure.*
    FROM wallet JOIN due ON due.id = wallet.id LEFT JOIN booked ON booked.wallet_id = wallet.id
    LEFT JOIN holding ON holding.account_id = wallet.id
    {
    _differing(
        "wallet",
        posted="coalesce(booked.posted, 0)",
        held="coalesce(holding.held, 0)",
        owed="coalesce(booked.owed, 0)",
        lifetime="coalesce(booked.lifetime, 0)",
        status="due.status",
    )
}
"""  # noqa: S608 — what is inserted here and below are constants
_OTHERS = f"""
    SELECT other.id AS key, other.id AS account_id, other.unit, other.kind, other.owner, figure.*
    FROM (SELECT * FROM account WHERE id BETWEEN :first AND :last AND kind <> 'wallet') AS other
    {_differing("other", posted="0", held="0", owed="0", lifetime="0", version="0", status="'open'")}
"""  # noqa: S608
_BUCKETS = f"""
    WITH there AS (
        SELECT * FROM bucket WHERE account_id BETWEEN :first AND :last
    ), booked AS (
        SELECT account_id, pool, expires_on, sum(amount) AS remaining FROM entry
        WHERE account_id IN (SELECT id FROM account WHERE id BETWEEN :first AND :last AND kind = 'wallet')
        GROUP BY 1, 2, 3
    ), drawn AS (
        SELECT hold.account_id, part.pool, part.expires_on, sum(part.amount) AS held
        FROM hold JOIN hold_bucket AS part USING (order_id, unit)
        WHERE hold.state = 'open' AND hold.account_id BETWEEN :first AND :last GROUP BY 1, 2, 3
    ), filled AS (
        SELECT account_id, pool, expires_on, coalesce(there.remaining, 0) AS remaining, coalesce(there.held, 0) AS held,
               coalesce(booked.remaining, 0) AS came, coalesce(drawn.held, 0) AS drawn
        FROM there FULL JOIN booked USING (account_id, pool, expires_on)
        FULL JOIN drawn USING (account_id, pool, expires_on)
    )
    SELECT concat_ws(' ', account_id, pool, expires_on) AS key, account_id, account.unit, account.kind, account.owner,
           figure.*
    FROM filled LEFT JOIN account ON account.id = account_id
    {_differing("filled", remaining="filled.came", held="filled.drawn")}
"""  # noqa: S608
_LEAVES = f"""
    WITH there AS (
        SELECT * FROM proof_leaf WHERE account_id BETWEEN :first AND :last
    ), booked AS (
        SELECT account_id, sum(amount) AS balance, count(*) AS entries, max(journal_id) AS last_journal,
               chained_digest(line, :start ORDER BY journal_id, seq) AS digest
        FROM ({posting_lines_of("account.id BETWEEN :first AND :last AND account.kind = 'wallet'")}) AS posting
        WHERE journal_id <= :upto GROUP BY account_id
    )
    SELECT account_id AS key, account_id, account.unit, account.kind, account.owner, figure.*
    FROM there FULL JOIN booked USING (account_id) LEFT JOIN account ON account.id = account_id
    {
    _differing(
        "there",
        balance="booked.balance",
        entries="booked.entries",
        last_journal="booked.last_journal",
        digest="booked.digest",
        unit="account.unit",
    )
}
"""  # noqa: S608
_OF_TABLE = {
    "account": (sa.text(_WALLETS), sa.text(_OTHERS)),
    "bucket": (sa.text(_BUCKETS),),
    "proof_leaf": (sa.text(_LEAVES),),
}


def slices_of_accounts(work: Work, at_a_time: int) -> list[tuple[int, int]]:
    """All account numbers there can be, in ranges with so many accounts each."""
    ends: list[int] = []
    while (end := work.execute(_NEXT, {"after": ends[-1] if ends else LOWEST, "most": at_a_time}).scalar()) is not None:
        ends.append(end)
    starts = [LOWEST, *(end + 1 for end in ends)]
    return list(zip(starts, [*ends, HIGHEST], strict=True))


def figures_that_differ(work: Work, first: int, last: int, leaves_upto: int) -> Iterator[tuple[str, Any]]:
    """(table, row of the query). The leaves are those of all journals up to ``leaves_upto``."""
    work.execute(_BY_INDEX)
    limits = {"first": first, "last": last}
    for table, statements in _OF_TABLE.items():
        more = {"upto": leaves_upto, "start": START} if table == "proof_leaf" else {}
        for statement in statements:
            for row in work.execute(statement, {**limits, **more}):
                yield table, row
