"""Balances as they were, and the facts behind one line of a statement."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

_BALANCE = sa.text("""
    WITH booked AS (
        SELECT entry.account_id, entry.expires_on, sum(entry.amount) AS points
        FROM entry JOIN journal ON journal.id = entry.journal_id
        WHERE entry.account_id IN (:account_id, (
                  SELECT debt.id FROM account AS debt JOIN account AS wallet USING (unit, owner)
                  WHERE wallet.id = :account_id AND debt.kind = 'debt'))
              AND journal.posted_at <= :booked_by AND journal.happened_at <= :happened_by
        GROUP BY entry.account_id, entry.expires_on
    ), bucket_then AS (
        SELECT expires_on, points FROM booked WHERE account_id = :account_id
    )
    SELECT (SELECT coalesce(sum(points), 0) FROM bucket_then) AS posted,
           (SELECT coalesce(sum(points), 0) FROM bucket_then WHERE expires_on >= :day) AS unexpired,
           (SELECT coalesce(-sum(points), 0) FROM booked WHERE account_id <> :account_id) AS owed,
           (SELECT coalesce(json_agg(json_build_array(expires_on, points) ORDER BY expires_on), '[]')
            FROM bucket_then WHERE expires_on >= :day AND expires_on < :never AND points <> 0) AS expiring
""")
_BUCKETS = sa.text("""
    SELECT pool, expires_on, sum(amount) AS points FROM entry
    WHERE account_id = :account_id AND journal_id = :journal_id GROUP BY pool, expires_on ORDER BY expires_on, pool
""")
_AGAINST = sa.text("""
    SELECT DISTINCT account.owner FROM entry JOIN account ON account.id = entry.account_id
    WHERE entry.journal_id = :journal_id AND account.kind = 'system' ORDER BY 1
""")
_CORRECTING = sa.text("""
    SELECT corrects, (SELECT coalesce(json_agg(undo.id ORDER BY undo.id), '[]') FROM journal AS undo
                      WHERE undo.corrects = journal.id) AS undone_by
    FROM journal WHERE id = :journal_id
""")
_RULES = {
    table: sa.text(f"SELECT to_jsonb(rule) - 'id' - 'actor' FROM {table} AS rule WHERE id = :id")  # noqa: S608
    for table in ("bill_accrual_rule", "sign_up_bonus", "expiry_policy", "exchange_rate")
}


def past_balance(
    work: Work, account_id: int | None, day: date, never: date, happened_by: datetime, booked_by: datetime
) -> dict[str, Any]:
    """{"posted", "unexpired", "owed", "expiring"}, nothing of no wallet; ``day`` is the last of that past, in China."""
    clocks = {"happened_by": happened_by, "booked_by": booked_by}
    row = work.execute(_BALANCE, {"account_id": account_id, "day": day, "never": never, **clocks}).one()
    return {
        "posted": int(row.posted),
        "unexpired": int(row.unexpired),
        "owed": int(row.owed),
        "expiring": [{"expires_on": expires_on, "points": int(points)} for expires_on, points in row.expiring],
    }


def moved_buckets(work: Work, account_id: int, journal_id: int) -> list[tuple[int, date, int]]:
    """(pool, expires_on, signed points) of one journal in one wallet."""
    rows = work.execute(_BUCKETS, {"account_id": account_id, "journal_id": journal_id})
    return [(row.pool, row.expires_on, int(row.points)) for row in rows]


def accounts_against(work: Work, journal_id: int) -> list[str]:
    return list(work.execute(_AGAINST, {"journal_id": journal_id}).scalars())


def corrections_of(work: Work, journal_id: int) -> tuple[int | None, list[int]]:
    """The journal that this one undoes, and those that undo it."""
    row = work.execute(_CORRECTING, {"journal_id": journal_id}).one()
    return row.corrects, list(row.undone_by)


def terms_of_rule(work: Work, rule: str | None) -> dict[str, Any] | None:
    """``rule`` is "table:id", as journals name it. Rules are never changed, so these are the terms that held."""
    table, _, number = (rule or "").partition(":")
    if table not in _RULES:
        return None
    return work.execute(_RULES[table], {"id": int(number)}).scalar_one_or_none()
