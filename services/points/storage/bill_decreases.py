"""Wallets of a chunk that have more of a bill run than its corrected file says."""

from dataclasses import dataclass

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.storage.bill_dues import CHARGED_AGAIN, OF_RUN, Chunk, Terms

_EXCESSES = sa.text(f"""
    WITH {CHARGED_AGAIN}
    SELECT charged.account_id, account.owner AS member_id, charged.booked - charged.forgiven - charged.said AS points
    FROM charged JOIN account ON account.id = charged.account_id
    WHERE charged.booked - charged.forgiven > charged.said AND charged.account_id > :after
    ORDER BY charged.account_id LIMIT :most
""")  # noqa: S608 — the inserted text is a constant
_EARNINGS = sa.text(f"""
    SELECT DISTINCT journal.id FROM account AS wallet
    JOIN account AS taker
         ON taker.owner = wallet.owner AND taker.unit = wallet.unit AND taker.kind IN ('wallet', 'debt')
    JOIN entry ON entry.account_id = taker.id AND entry.journal_id >= :first_journal
    JOIN journal ON journal.id = entry.journal_id
    WHERE wallet.id = :account_id AND {OF_RUN} AND journal.kind = 'accrual'
    ORDER BY journal.id DESC
""")  # noqa: S608
_SETTLED = sa.text("""
    UPDATE bill_chunk SET decreases_after = :after, clawed_back = clawed_back + :clawed_back
    WHERE run_no = :run_no AND chunk = :chunk
""")


@dataclass(frozen=True)
class Excess:
    account_id: int
    member_id: str
    points: int


def next_excesses(work: Work, terms: Terms, chunk: Chunk, most: int) -> list[Excess]:
    """At most ``most`` wallets beyond those that are settled, in account order."""
    values = {**terms.limits(chunk), "after": chunk.decreases_after, "most": most}
    return [Excess(row.account_id, row.member_id, row.points) for row in work.execute(_EXCESSES, values)]


def earnings_of_run(work: Work, terms: Terms, account_id: int) -> list[int]:
    """Journals by which a wallet earned in the run, newest first."""
    first = terms.first.journal_id if terms.first else 0
    values = {"run_id": terms.run.run_id, "account_id": account_id, "first_journal": first}
    return list(work.execute(_EARNINGS, values).scalars())


def settle_decreases(work: Work, run_no: int, chunk: Chunk, after: int | None, clawed_back: int) -> None:
    """Up to account ``after``; None: all of them."""
    values = {"run_no": run_no, "chunk": chunk.number, "after": after, "clawed_back": clawed_back}
    work.execute(_SETTLED, values)
