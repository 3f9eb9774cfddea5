"""Claw-backs and debts. What a member owes stands on the wallet's row; the debt account is derived from entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.buckets import Share
from services.points.domain.chart import DEBT
from services.points.storage.entries import Leg
from services.points.storage.locks import Wallet

_OPEN = sa.text("""
    INSERT INTO account (unit, kind, owner) VALUES (:unit, 'debt', :member_id)
    ON CONFLICT ON CONSTRAINT account_of_owner DO NOTHING
""")
_EARNING = sa.text("""
    SELECT journal.source, journal.effective_on, account.kind, entry.pool, entry.expires_on,
           CAST(sum(entry.amount) AS bigint) AS points
    FROM account JOIN entry ON entry.account_id = account.id JOIN journal ON journal.id = entry.journal_id
    WHERE account.unit = :unit AND account.owner = :member_id AND account.kind IN ('wallet', 'debt')
          AND entry.journal_id = :journal_id AND journal.kind = 'accrual'
    GROUP BY 1, 2, 3, 4, 5
""")
_CLAWED_BACK = sa.text("""
    SELECT CAST(coalesce(sum(asked - coalesce(due_after_all, 0)), 0) AS bigint) FROM claw_back CROSS JOIN LATERAL (
        SELECT sum(points) AS due_after_all FROM bill_due_after_all AS due
        WHERE due.account_id = claw_back.account_id AND due.journal_id = claw_back.journal_id) AS withdrawn
    WHERE earning = :journal_id AND account_id = :account_id
""")
_NOTE = sa.text("""
    INSERT INTO claw_back (journal_id, account_id, earning, policy, asked, drawn, owed, forgiven, reason)
    VALUES (:journal_id, :account_id, :earning, :policy, :asked, :drawn, :owed, :forgiven, :reason)
""")


@dataclass(frozen=True)
class Earning:
    """One journal's points for one wallet. ``shares`` are where they went, ``left`` what may still be clawed back."""

    journal_id: int
    source: str
    effective_on: date
    shares: Sequence[Share]
    left: int


@dataclass(frozen=True)
class ClawBack:
    """``asked`` = ``drawn`` from the wallet + ``owed`` from now on + ``forgiven``."""

    asked: int
    drawn: int
    owed: int
    forgiven: int

    @property
    def taken(self) -> int:
        return self.drawn + self.owed


def find_earning(work: Work, wallet: Wallet, journal_id: int) -> Earning | None:
    """None if that journal is no accrual to this wallet. A part that repaid a debt was earned too."""
    values = {"unit": wallet.unit, "member_id": wallet.member_id, "journal_id": journal_id}
    rows = work.execute(_EARNING, values).all()
    if not rows:
        return None
    shares = [Share(row.pool, row.expires_on, row.points) for row in rows if row.kind != DEBT]
    before = work.execute(_CLAWED_BACK, {"journal_id": journal_id, "account_id": wallet.id}).scalar_one()
    left = sum(row.points for row in rows) - before
    return Earning(journal_id, rows[0].source, rows[0].effective_on, shares, left)


def note_claw_back(
    work: Work, journal_id: int, wallet: Wallet, done: ClawBack, policy: str, reason: str, earning: int | None
) -> None:
    """After its journal is written."""
    values = {"journal_id": journal_id, "account_id": wallet.id, "earning": earning, "policy": policy}
    work.execute(_NOTE, {**values, **vars(done), "reason": reason})


def debt_legs(work: Work, wallet: Wallet, repaid: int) -> list[Leg]:
    """The leg of the member's debt account: ``repaid`` > 0 lessens the debt, < 0 adds to it; none for 0."""
    if repaid < 0:
        work.execute(_OPEN, {"unit": wallet.unit, "member_id": wallet.member_id})
    return [Leg(wallet.unit, repaid, owner=wallet.member_id, kind=DEBT)] if repaid else []
