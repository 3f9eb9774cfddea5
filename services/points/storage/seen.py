"""What a command has to know of a wallet, read at once and under its lock.

The lock is a statement of its own, sent before the one that reads: that one then sees what others committed while the
lock was waited for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.points.domain.buckets import Share
from services.points.storage import holds, locks
from services.points.storage.holds import Hold, HoldKey, Part
from services.points.storage.journals import Deed, answer_of
from services.points.storage.locks import Wallet

# An id is drawn only where a journal will be written: under the lock, and not for a deed that was done before.
_BASIS = """
    now(), journal.fingerprint, journal.result,
    CASE WHEN account.id IS NOT NULL AND journal.id IS NULL THEN draw_journal_id() END AS journal_id
"""
_FREE = "free.pools, free.days, free.points"
_WALLET = """
    account.id, account.unit, account.owner, account.status = 'frozen' AS frozen, account.posted, account.held,
    account.owed, account.lifetime, account.version
"""
_PARTS = "part.pools, part.days, part.amounts, part.captured, part.refunded"
_JOURNAL_AND_BUCKETS = """
    LEFT JOIN journal ON journal.idem = :idem
    LEFT JOIN LATERAL (
        SELECT array_agg(pool) AS pools, array_agg(expires_on) AS days, array_agg(remaining - held) AS points
        FROM bucket WHERE account_id = account.id AND remaining > held) AS free ON true
"""
_ACCOUNT_OF_MEMBER = "account ON account.unit = :unit AND account.kind = 'wallet' AND account.owner = :member_id"
_HOLD_OF_ORDER = "hold ON hold.order_id = :order_id AND hold.unit = :unit"

_SEE_WALLET = Planned(
    "see_wallet",
    locks.OF_MEMBER,
    f"SELECT {_BASIS}, {_FREE}, {_WALLET} FROM (SELECT) AS one LEFT JOIN {_ACCOUNT_OF_MEMBER} {_JOURNAL_AND_BUCKETS}",  # noqa: S608 — what is inserted here and below are constants
)
_SEE_WALLET_AND_HOLD = Planned(
    "see_wallet_and_hold",
    locks.OF_MEMBER,
    f"""
    SELECT {_BASIS}, {_FREE}, {_WALLET}, {holds.COLUMNS}
    FROM (SELECT) AS one LEFT JOIN {_ACCOUNT_OF_MEMBER} LEFT JOIN {_HOLD_OF_ORDER} {_JOURNAL_AND_BUCKETS}
    """,  # noqa: S608
)
_SEE_HOLD = Planned(
    "see_hold",
    locks.OF_HOLD,
    f"""
    SELECT {_BASIS}, {_FREE}, {_WALLET}, {holds.COLUMNS}, {_PARTS}
    FROM (SELECT) AS one LEFT JOIN {_HOLD_OF_ORDER} LEFT JOIN account ON account.id = hold.account_id
    {_JOURNAL_AND_BUCKETS}
    LEFT JOIN LATERAL (
        SELECT array_agg(pool) AS pools, array_agg(expires_on) AS days, array_agg(amount) AS amounts,
               array_agg(captured) AS captured, array_agg(refunded) AS refunded
        FROM hold_bucket WHERE hold_bucket.order_id = hold.order_id AND hold_bucket.unit = hold.unit) AS part ON true
    """,  # noqa: S608
)


@dataclass(frozen=True)
class Seen:
    """``answered``: the deed was done before, and so it was answered. Otherwise ``journal_id`` is drawn for it, if
    there is a wallet. ``free`` is what is not held, expired buckets included. ``now`` is the database's."""

    now: datetime
    answered: dict[str, Any] | None
    journal_id: int
    wallet: Wallet | None
    free: list[Share]
    hold: Hold | None = None
    parts: Sequence[Part] = ()

    def wallet_and_hold(self) -> tuple[Wallet, Hold]:
        """Where both are known to be there."""
        if self.wallet is None or self.hold is None:
            raise LookupError("no hold, or a hold without a wallet")
        return self.wallet, self.hold


def see_wallet(work: Work, deed: Deed, member_id: str, unit: str) -> Seen:
    return _seen(work, _SEE_WALLET, deed, {"member_id": member_id, "unit": unit})


def see_wallet_and_hold(work: Work, deed: Deed, member_id: str, key: HoldKey) -> Seen:
    """The wallet of the member, and the order's hold, which may be another's."""
    return _seen(work, _SEE_WALLET_AND_HOLD, deed, {"member_id": member_id, **key._asdict()})


def see_hold(work: Work, deed: Deed, key: HoldKey) -> Seen:
    """The order's hold, and the wallet that it is of; none if there is no hold, or only a bar."""
    return _seen(work, _SEE_HOLD, deed, key._asdict())


def _seen(work: Work, statement: Planned, deed: Deed, values: dict[str, Any]) -> Seen:
    row = tuple(work.execute(statement, {**values, "idem": deed.idem}).one())
    (now, fingerprint, result, journal_id), free, wallet, hold, parts = (
        row[:4],
        row[4:7],
        row[7:16],
        row[16:26],
        row[26:],
    )
    return Seen(
        now=now,
        answered=None if fingerprint is None else answer_of(deed, fingerprint, result),
        journal_id=journal_id,
        wallet=Wallet(*wallet) if wallet[0] else None,
        free=[Share(*share) for share in _across(free)],
        hold=Hold(*hold) if hold and hold[0] else None,
        parts=[Part(*part) for part in _across(parts)],
    )


def _across(columns: Sequence[list[Any] | None]) -> list[tuple[Any, ...]]:
    """Arrays side by side as rows; none where there were none."""
    return list(zip(*(column or () for column in columns), strict=True))
