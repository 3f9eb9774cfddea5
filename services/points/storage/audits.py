"""Audit runs as rows, what was touched since, and how far the seals are behind."""

from datetime import datetime
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.audits import AuditRun, Breach, Slice

_AUDITED = sa.text("SELECT coalesce(max(upto_journal), 0) FROM audit_run")
_BLOCKS = sa.text("""
    SELECT first_journal, last_journal, journals + entries + records AS lines FROM seal
    WHERE first_journal > :after ORDER BY block
""")
# System accounts are in every journal, and derived: only wallets and debts have something to agree with.
_ACCOUNTS = sa.text("""
    SELECT DISTINCT account.id FROM (
        SELECT account_id FROM entry WHERE journal_id BETWEEN :first AND :last
        UNION SELECT account_id FROM hold WHERE order_id = ANY(CAST(:orders AS text[]))
        UNION SELECT account.id FROM record JOIN account ON account.owner = record.key AND account.kind = 'wallet'
              WHERE record.id BETWEEN :first AND :last AND record.of_table = 'holder'
        UNION SELECT account.id FROM record
              JOIN account_freeze ON account_freeze.id = record.key
              JOIN account ON account.owner = account_freeze.member_id AND account.kind = 'wallet'
              WHERE record.id BETWEEN :first AND :last AND record.of_table IN ('account_freeze', 'account_unfreeze')
    ) AS touched JOIN account AS one ON one.id = touched.account_id AND one.kind IN ('wallet', 'debt')
    JOIN account ON account.unit = one.unit AND account.owner = one.owner AND account.kind IN ('wallet', 'debt')
""")
_ORDERS = sa.text("""
    SELECT DISTINCT ref FROM journal
    WHERE id BETWEEN :first AND :last AND kind IN ('hold', 'capture', 'release', 'refund') AND ref IS NOT NULL
""")
_PART_BY_PART = sa.text("SET LOCAL enable_seqscan = off")
_WRITE = sa.text("""
    INSERT INTO audit_run (kind, upto_journal, started_at, finished_at, findings, actor)
    VALUES (:kind, :upto_journal, :started_at, :finished_at, CAST(:findings AS jsonb), :actor) RETURNING id
""")
_SINCE_FULL = sa.text("""
    SELECT kind, upto_journal, findings FROM audit_run
    WHERE id >= (SELECT coalesce(max(id), 0) FROM audit_run WHERE kind = 'full') ORDER BY id
""")
_LAST = sa.text("SELECT DISTINCT ON (kind) kind, finished_at FROM audit_run ORDER BY kind, id DESC")
_UNSEALED = sa.text("""
    SELECT (SELECT count(*) FROM entry WHERE journal_id > head.last) AS entries,
           coalesce(extract(epoch FROM clock_timestamp() - (
               SELECT min(posted_at) FROM journal WHERE id > head.last)), 0) AS age_s
    FROM (SELECT coalesce(max(last_journal), 0) AS last FROM seal) AS head
""")


class Unsealed(NamedTuple):
    """``age_s`` is that of the oldest journal; 0 if there is none."""

    entries: int
    age_s: float


def last_audited_journal(work: Work) -> int:
    return int(work.execute(_AUDITED).scalar_one())


def sealed_blocks_after(work: Work, journal_id: int) -> list[Slice]:
    rows = work.execute(_BLOCKS, {"after": journal_id})
    return [Slice(row.first_journal, row.last_journal, row.lines) for row in rows]


def touched_by(work: Work, part: Slice) -> dict[str, Any]:
    """The parameters of rules that look at what was touched: {"first", "last", "orders", "accounts"}. From here on
    the transaction looks rows up by index, as they are few among many."""
    limits: dict[str, Any] = {"first": part.first, "last": part.last}
    work.execute(_PART_BY_PART)
    limits["orders"] = list(work.execute(_ORDERS, limits).scalars())
    return limits | {"accounts": list(work.execute(_ACCOUNTS, limits).scalars())}


def write_run(
    work: Work, kind: str, upto_journal: int, started_at: datetime, finished_at: datetime, findings: list[Breach]
) -> int:
    """Its id."""
    values = {"kind": kind, "upto_journal": upto_journal, "started_at": started_at, "finished_at": finished_at}
    told = {"findings": orjson.dumps(findings).decode(), "actor": work.context.actor}
    return int(work.execute(_WRITE, {**values, **told}).scalar_one())


def runs_since_full(work: Work) -> list[AuditRun]:
    """The newest full audit, if there was one, and all runs behind it."""
    return [AuditRun(row.kind, row.upto_journal, row.findings) for row in work.execute(_SINCE_FULL)]


def last_runs(work: Work) -> dict[str, datetime]:
    """When the newest run of each kind was done."""
    return {row.kind: row.finished_at for row in work.execute(_LAST)}


def unsealed(work: Work) -> Unsealed:
    row = work.execute(_UNSEALED).one()
    return Unsealed(row.entries, float(row.age_s))
