"""Top-ups: one a payment, and what moved in the pool that they fill. The wallet's lock covers them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.data.answers import AnsweredMeanwhile
from services.chassis.data.work import Work
from services.points.domain.chart import BOUGHT_POOL
from services.points.domain.lots import Move

_FIND = sa.text("""
    SELECT top_up.payment_ref, top_up.journal_id, top_up.account_id, top_up.amount_fen, top_up.points,
           top_up.expires_on, back.points AS reversed, back.amount_fen AS reversed_fen, journal.result
    FROM top_up JOIN journal ON journal.id = top_up.journal_id CROSS JOIN LATERAL (
        SELECT CAST(coalesce(sum(points), 0) AS bigint) AS points,
               CAST(coalesce(sum(amount_fen), 0) AS bigint) AS amount_fen
        FROM top_up_reversal WHERE top_up_reversal.payment_ref = top_up.payment_ref
    ) AS back
    WHERE top_up.payment_ref = :payment_ref
""")
_NOTE = sa.text("""
    INSERT INTO top_up (payment_ref, journal_id, account_id, amount_fen, points, expires_on)
    VALUES (:payment_ref, :journal_id, :account_id, :amount_fen, :points, :expires_on) ON CONFLICT DO NOTHING
""")
_REVERSE = sa.text("""
    INSERT INTO top_up_reversal (journal_id, payment_ref, points, amount_fen, reason)
    VALUES (:journal_id, :payment_ref, :points, :amount_fen, :reason)
""")
_MOVES = sa.text("""
    SELECT journal.id, entry.expires_on, entry.amount, journal.effective_on,
           CASE WHEN journal.kind IN ('capture', 'release', 'refund') THEN journal.ref END, journal.corrects
    FROM entry JOIN journal ON journal.id = entry.journal_id
    WHERE entry.account_id = :account_id AND entry.pool = :pool ORDER BY entry.journal_id, entry.seq
""")


@dataclass(frozen=True)
class ToppedUp:
    """``answer`` is what the command answered; ``reversed`` and ``reversed_fen`` were taken back since."""

    payment_ref: str
    journal_id: int
    account_id: int
    amount_fen: int
    points: int
    expires_on: date
    reversed: int
    reversed_fen: int
    answer: dict[str, Any]

    def money_for(self, points: int) -> int:
        """What ``points`` more, taken back, had cost: rounded down, and to the fen once all are taken back."""
        return self.amount_fen * (self.reversed + points) // self.points - self.reversed_fen


def find_top_up(work: Work, payment_ref: str) -> ToppedUp | None:
    row = work.execute(_FIND, {"payment_ref": payment_ref}).one_or_none()
    return None if row is None else ToppedUp(*tuple(row))


def get_top_up(work: Work, payment_ref: str) -> ToppedUp:
    """One that is known to be there: top-ups are never deleted."""
    found = find_top_up(work, payment_ref)
    if found is None:
        raise LookupError(f"no top-up by payment {payment_ref}")
    return found


def bought_moves(work: Work, account_id: int) -> list[Move]:
    """All that was ever booked in the wallet's bought pool: as many as its top-ups and what was spent of them."""
    return [Move(*tuple(row)) for row in work.execute(_MOVES, {"account_id": account_id, "pool": BOUGHT_POOL})]


def note_top_up(work: Work, payment_ref: str, **values: Any) -> None:
    """``values``: journal_id, account_id, amount_fen, points, expires_on. After its journal is written.

    A rival with the same payment makes this attempt start again.
    """
    if work.execute(_NOTE, {"payment_ref": payment_ref, **values}).rowcount == 0:
        raise AnsweredMeanwhile(payment_ref)


def note_reversal(work: Work, payment_ref: str, **values: Any) -> None:
    """``values``: journal_id, points, amount_fen, reason. After its journal is written."""
    work.execute(_REVERSE, {"payment_ref": payment_ref, **values})
