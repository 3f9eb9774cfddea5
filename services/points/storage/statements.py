"""A member's statement: one line a journal, newest first, with the balance derived from the entries themselves."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import CHINA
from services.chassis.data.work import Work

_LINE = """
    journal_id, points, balance, journal.kind, journal.source, journal.ref, journal.rule, journal.channel,
    journal.posted_at, journal.happened_at
"""
# The journals of one wallet are numbered in the order of their commits (the id is drawn under the wallet's lock), so
# nothing can appear below a line once it was read. The balance is reckoned backwards from today's: the first pages,
# which are the ones that are read, cost what they show, however long the history.
_PAGE = sa.text(f"""
    WITH page AS MATERIALIZED (
        SELECT journal_id, sum(amount) AS points FROM entry
        WHERE account_id = :account_id AND journal_id < :before
        GROUP BY journal_id HAVING sum(amount) <> 0 ORDER BY journal_id DESC LIMIT :most
    ), start AS MATERIALIZED (
        SELECT posted - (SELECT coalesce(sum(amount), 0) FROM entry
                         WHERE account_id = :account_id AND journal_id >= :before) AS balance
        FROM account WHERE id = :account_id
    ), line AS (
        SELECT journal_id, points,
               start.balance + points - sum(points) OVER (ORDER BY journal_id DESC) AS balance
        FROM page CROSS JOIN start
    )
    SELECT {_LINE} FROM line JOIN journal ON journal.id = journal_id ORDER BY journal_id DESC
""")  # noqa: S608 — what is inserted here and below are constants of this module
_PAST_PAGE = sa.text(f"""
    WITH moved AS MATERIALIZED (
        SELECT entry.journal_id, sum(entry.amount) AS points FROM entry JOIN journal ON journal.id = entry.journal_id
        WHERE entry.account_id = :account_id
              AND journal.posted_at <= :booked_by AND journal.happened_at <= :happened_by
        GROUP BY entry.journal_id HAVING sum(entry.amount) <> 0
    ), line AS (
        SELECT journal_id, points, sum(points) OVER (ORDER BY journal_id) AS balance FROM moved
    )
    SELECT {_LINE} FROM line JOIN journal ON journal.id = journal_id
    WHERE journal_id < :before ORDER BY journal_id DESC LIMIT :most
""")  # noqa: S608
_ONE = sa.text(f"""
    WITH line AS (
        SELECT :journal_id AS journal_id, sum(amount) AS balance,
               sum(amount) FILTER (WHERE journal_id = :journal_id) AS points
        FROM entry WHERE account_id = :account_id AND journal_id <= :journal_id
    )
    SELECT {_LINE} FROM line JOIN journal ON journal.id = journal_id WHERE points IS NOT NULL
""")  # noqa: S608
KINDS = {"capture": "redemption"}  # what a member calls it, where that differs
NEWEST = 2**63 - 1


def statement_page(work: Work, account_id: int | None, before: int, most: int) -> list[dict[str, Any]]:
    """At most ``most`` lines (StatementLine) below journal ``before``, newest first; of no wallet none."""
    return _lines(work, _PAGE, account_id=account_id, before=before, most=most)


def past_statement_page(
    work: Work, account_id: int | None, before: int, most: int, happened_by: datetime, booked_by: datetime
) -> list[dict[str, Any]]:
    """The same as it was; a line's balance counts the lines of that past only."""
    clocks = {"happened_by": happened_by, "booked_by": booked_by}
    return _lines(work, _PAST_PAGE, account_id=account_id, before=before, most=most, **clocks)


def statement_line(work: Work, account_id: int, journal_id: int) -> dict[str, Any] | None:
    """None if that journal moved nothing in this wallet."""
    return next(iter(_lines(work, _ONE, account_id=account_id, journal_id=journal_id)), None)


def _lines(work: Work, statement: sa.TextClause, **values: Any) -> list[dict[str, Any]]:
    return [_line(row) for row in work.execute(statement, values)]


def _line(row: Any) -> dict[str, Any]:
    return {
        "line_id": str(row.journal_id),
        "kind": KINDS.get(row.kind, row.kind),
        "source": row.source,
        "reference": row.ref,
        "rule": row.rule,
        "channel": row.channel,
        "points": int(row.points),
        "balance": int(row.balance),
        "posted_at": row.posted_at,
        "happened_at": row.happened_at,
        "effective_on": row.happened_at.astimezone(CHINA).date().isoformat(),
    }
