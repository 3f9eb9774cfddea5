"""A member's statement: one line a journal, newest first, with the balance derived from the entries themselves."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

# The journals of one wallet are numbered in the order of their commits (the id is drawn under the wallet's lock), so
# nothing can appear below a line once it was read, and the balance after it is the sum of all entries up to it.
_PAGE = sa.text("""
    WITH page AS MATERIALIZED (
        SELECT journal_id, sum(amount) AS points FROM entry
        WHERE account_id = :account_id AND journal_id < :before
        GROUP BY journal_id ORDER BY journal_id DESC LIMIT :most
    ), base AS MATERIALIZED (
        SELECT coalesce(sum(amount), 0) AS points FROM entry
        WHERE account_id = :account_id AND journal_id < (SELECT min(journal_id) FROM page)
    )
    SELECT page.journal_id, page.points, journal.kind, journal.source, journal.ref, journal.posted_at,
           journal.effective_on,
           base.points + sum(page.points) OVER (ORDER BY page.journal_id) AS balance
    FROM page JOIN journal ON journal.id = page.journal_id CROSS JOIN base
    ORDER BY page.journal_id DESC
""")
KINDS = {"capture": "redemption"}  # what a member calls it, where that differs
NEWEST = 2**63 - 1


def statement_page(work: Work, account_id: int, before: int, most: int) -> list[dict[str, Any]]:
    """At most ``most`` lines below journal ``before``, newest first, as the contract's StatementLine."""
    rows = work.execute(_PAGE, {"account_id": account_id, "before": before, "most": most})
    return [_line(row) for row in rows]


def _line(row: sa.Row) -> dict[str, Any]:
    return {
        "line_id": str(row.journal_id),
        "kind": KINDS.get(row.kind, row.kind),
        "source": row.source,
        "reference": row.ref,
        "points": int(row.points),
        "balance": int(row.balance),
        "posted_at": row.posted_at,
        "effective_on": row.effective_on.isoformat(),
    }
