"""What a bill run says for each account of a chunk, and, for a corrected file, what is booked of it already.

What is booked is read from the ledger: the legs, in wallets and debts, of all journals that the run wrote, whatever
others call theirs. What a claw-back could not find and forgave stays forgiven, but for what was due after all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.bill_runs import AccrualRule
from services.points.storage.bill_rules import rule_of_run
from services.points.storage.bill_runs import BillRun

_SAID = """
    SELECT account_id, points AS said, 0 AS booked, 0 AS forgiven, CAST(NOT excluded AS int) AS lines
    FROM bill_line WHERE run_no = :run_no AND account_id BETWEEN :first_account AND :last_account
"""
# Of the journals with the run's name, those that no request can have written.
OF_RUN = """
    journal.ref = :run_id
    AND (starts_with(journal.idem, 'bill_chunk:') OR starts_with(journal.idem, 'bill_correction:'))
"""
STILL_FORGIVEN = """
    claw_back.forgiven - (SELECT CAST(coalesce(sum(points), 0) AS bigint) FROM bill_due_after_all AS due
                          WHERE due.account_id = claw_back.account_id AND due.journal_id = claw_back.journal_id)
"""
# Entries are stamped when their transaction begins, hence the day before: it only says which partitions to look into.
_BOOKED = f"""
    UNION ALL
    SELECT entry.account_id, 0, entry.amount, 0, 0
    FROM entry JOIN account AS wallet ON wallet.id = entry.account_id AND wallet.kind = 'wallet'
    JOIN journal ON journal.id = entry.journal_id AND {OF_RUN}
    WHERE entry.account_id BETWEEN :first_account AND :last_account
          AND entry.journal_id >= :first_journal AND entry.posted_at > :posted_after
    UNION ALL
    SELECT wallet.id, 0, entry.amount, 0, 0
    FROM account AS wallet JOIN account AS debt
         ON debt.owner = wallet.owner AND debt.unit = wallet.unit AND debt.kind = 'debt'
    JOIN entry ON entry.account_id = debt.id
    JOIN journal ON journal.id = entry.journal_id AND {OF_RUN}
    WHERE wallet.id BETWEEN :first_account AND :last_account AND wallet.kind = 'wallet'
          AND entry.journal_id >= :first_journal AND entry.posted_at > :posted_after
    UNION ALL
    SELECT claw_back.account_id, 0, 0, {STILL_FORGIVEN}, 0
    FROM claw_back JOIN journal ON journal.id = claw_back.journal_id AND {OF_RUN}
    WHERE claw_back.account_id BETWEEN :first_account AND :last_account AND claw_back.forgiven > 0
          AND claw_back.journal_id >= :first_journal
"""  # noqa: S608 — the inserted text is constants
_CHARGED = """
    charged AS MATERIALIZED (
        SELECT account_id, least(CAST(sum(said) AS bigint), CAST(:largest AS bigint)) AS said,
               CAST(sum(booked) AS bigint) AS booked, CAST(sum(forgiven) AS bigint) AS forgiven,
               CAST(sum(lines) AS bigint) AS lines
        FROM ({legs}) AS leg GROUP BY account_id
    )
"""
CHARGED_FIRST = _CHARGED.format(legs=_SAID)
CHARGED_AGAIN = _CHARGED.format(legs=_SAID + _BOOKED)
_FIRST_BOOKING = sa.text(f"SELECT id, posted_at FROM journal WHERE {OF_RUN} ORDER BY id LIMIT 1")  # noqa: S608
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class FirstBooking:
    """Nothing of the run was booked before it."""

    journal_id: int
    posted_at: datetime


@dataclass(frozen=True)
class Chunk:
    """A range of accounts, both ends included. ``decreases_after``: claw-backs are settled up to that account."""

    number: int
    first_account: int
    last_account: int
    decreases_after: int | None = None


@dataclass(frozen=True)
class Terms:
    """By what the chunks of a run are reckoned. ``first`` is None as long as nothing of it is booked."""

    run: BillRun
    rule: AccrualRule
    first: FirstBooking | None

    def limits(self, chunk: Chunk) -> dict[str, Any]:
        """The parameters of CHARGED_FIRST or CHARGED_AGAIN."""
        limits = {
            "run_no": self.run.no,
            "run_id": self.run.run_id,
            "first_account": chunk.first_account,
            "last_account": chunk.last_account,
            "largest": self.rule.largest_per_member,
        }
        if self.first:
            limits |= {"first_journal": self.first.journal_id, "posted_after": self.first.posted_at - _A_DAY}
        return limits


def terms_of(work: Work, run: BillRun) -> Terms:
    """Of a run being posted: what its first revision books is not booked already."""
    first = _find_first_booking(work, run) if run.revision > 1 else None
    return Terms(run, rule_of_run(work, run.rule_id), first)


def _find_first_booking(work: Work, run: BillRun) -> FirstBooking | None:
    row = work.execute(_FIRST_BOOKING, {"run_id": run.run_id}).one_or_none()
    return FirstBooking(row.id, row.posted_at) if row else None
