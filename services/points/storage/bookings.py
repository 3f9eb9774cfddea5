"""A journal with all that it changes in one wallet, written by one statement that every session has planned.

The wallet is locked and was read under its lock. The statement asks for the version that was read nevertheless: where
it finds another one, or a rival's journal or hold, the work begins again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.chassis.data.answers import AnsweredMeanwhile
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.points.domain.buckets import Share, total
from services.points.domain.changes import Change
from services.points.domain.holds import HOLD, OPEN
from services.points.storage import entries, holds, journals
from services.points.storage.entries import Leg
from services.points.storage.holds import HoldKey
from services.points.storage.journals import Deed
from services.points.storage.locks import Wallet
from services.points.storage.seen import Seen

_CHANGES = """
    unnest(CAST(:pools AS smallint[]), CAST(:days AS date[]), CAST(:remaining AS bigint[]), CAST(:held AS bigint[]))
    AS change (pool, expires_on, remaining, held)
"""
_WALLET = """
    UPDATE account SET posted = posted + :wallet_posted, held = held + :wallet_held,
                       lifetime = lifetime + :wallet_lifetime, owed = owed + :wallet_owed, version = version + 1
    WHERE id = :account_id AND version = :version RETURNING id
"""
# Buckets join the wallet as it was updated: nothing moves in one that is not as it was read.
_BUCKETS = f"""
    UPDATE bucket SET remaining = bucket.remaining + change.remaining, held = bucket.held + change.held
    FROM wallet, {_CHANGES}
    WHERE bucket.account_id = wallet.id AND bucket.pool = change.pool AND bucket.expires_on = change.expires_on
    RETURNING 1
"""  # noqa: S608 — what is inserted here and below are constants of this package
_FILLED = f"""
    INSERT INTO bucket (account_id, pool, expires_on, remaining)
    SELECT wallet.id, change.pool, change.expires_on, change.remaining FROM wallet, {_CHANGES}
    ON CONFLICT (account_id, pool, expires_on) DO UPDATE SET remaining = bucket.remaining + excluded.remaining
    RETURNING 1
"""  # noqa: S608


_RIVALRY = ("its_hold", "wallet", "booked")  # one row each; none where a rival was first


def _booking(name: str, **parts: str) -> Planned:
    """``parts`` are done in their order; the answer says how many rows each of them touched."""
    counts = ", ".join(f"(SELECT count(*) FROM {part}) AS {part}" for part in parts)  # noqa: S608
    return Planned(name, f"WITH {', '.join(f'{part} AS ({sql})' for part, sql in parts.items())} SELECT {counts}")


_LAST = {"legs": entries.WRITTEN, "booked": journals.WRITTEN}
_HOLD = _booking(
    "book_hold", its_hold=holds.OPENED, wallet=_WALLET, moved=_BUCKETS, shares=holds.DRAWN_SHARES,
    booked=journals.WRITTEN,
)  # fmt: skip
_SETTLEMENT = _booking(
    "book_settlement", its_hold=holds.SETTLED, wallet=_WALLET, moved=_BUCKETS, shares=holds.CAPTURED_SHARES, **_LAST
)
_REFUND = _booking(
    "book_refund", its_hold=holds.REFUNDED, wallet=_WALLET, moved=_FILLED, shares=holds.REFUNDED_SHARES, **_LAST
)
_EARNING = _booking("book_earning", wallet=_WALLET, moved=_FILLED, **_LAST)


@dataclass(frozen=True)
class Booking:
    """``changes``, one a bucket, are what the wallet's balances change by, and its legs. ``legs`` are those of other
    accounts, the one that gave or received first; ``lifetime`` and ``owed`` are signed."""

    kind: str
    result: dict[str, Any]
    changes: Sequence[Change]
    legs: Sequence[Leg] = ()
    lifetime: int = 0
    owed: int = 0
    source: str | None = None
    ref: str | None = None


def book_hold(
    work: Work, seen: Seen, deed: Deed, booking: Booking, key: HoldKey, expires_at: datetime, drawn: Sequence[Share]
) -> None:
    """Opens the hold of an order that has none."""
    hold = {**key._asdict(), "amount": total(drawn), "expires_at": expires_at, **holds.values_of(drawn)}
    _book(work, _HOLD, seen, deed, booking, hold, shares=len(drawn))


def book_settlement(
    work: Work,
    seen: Seen,
    deed: Deed,
    booking: Booking,
    event: str,
    captured: Sequence[Share] = (),
    reason: str | None = None,
) -> None:
    """Ends an open hold by ``event`` of the transition table."""
    _, hold = seen.wallet_and_hold()
    settled = {"state": HOLD.next(OPEN, event), "captured": total(captured), "reason": reason}
    values = {**hold.key._asdict(), **settled, **holds.values_of(captured)}
    _book(work, _SETTLEMENT, seen, deed, booking, values, shares=len(captured))


def book_refund(work: Work, seen: Seen, deed: Deed, booking: Booking, undrawn: Sequence[Share]) -> None:
    """``undrawn`` of a captured hold come back to the wallet, to whichever buckets."""
    _, hold = seen.wallet_and_hold()
    values = {**hold.key._asdict(), "refunded": total(undrawn), **holds.values_of(undrawn)}
    _book(work, _REFUND, seen, deed, booking, values, shares=len(undrawn))


def book_earning(work: Work, seen: Seen, deed: Deed, booking: Booking) -> None:
    """Points come to the wallet."""
    _book(work, _EARNING, seen, deed, booking, {})


def _book(
    work: Work, statement: Planned, seen: Seen, deed: Deed, booking: Booking, more: dict[str, Any], shares: int = 0
) -> None:
    assert seen.wallet is not None
    legs = [*booking.legs[:1], *_legs_of(seen.wallet, booking.changes), *booking.legs[1:]]
    values = {
        **more,
        **_changes_of(seen.wallet, booking),
        **entries.values_of(legs),
        **journals.values_of(
            work, seen.journal_id, deed, booking.kind, booking.result, source=booking.source, ref=booking.ref
        ),
    }
    touched = work.execute(statement, values).one()._asdict()
    _insist(deed, touched, {"moved": len(booking.changes), "shares": shares, "legs": len(legs)})


def _legs_of(wallet: Wallet, changes: Sequence[Change]) -> list[Leg]:
    return [
        Leg(wallet.unit, change.remaining, wallet.id, pool=change.pool, expires_on=change.expires_on)
        for change in changes
        if change.remaining
    ]


def _changes_of(wallet: Wallet, booking: Booking) -> dict[str, Any]:
    changes = booking.changes
    return {
        "account_id": wallet.id,
        "version": wallet.version,
        "wallet_posted": sum(change.remaining for change in changes),
        "wallet_held": sum(change.held for change in changes),
        "wallet_lifetime": booking.lifetime,
        "wallet_owed": booking.owed,
        "pools": [change.pool for change in changes],
        "days": [change.expires_on for change in changes],
        "remaining": [change.remaining for change in changes],
        "held": [change.held for change in changes],
    }


def _insist(deed: Deed, touched: Mapping[str, int], expected: Mapping[str, int]) -> None:
    if any(touched.get(part, 1) != 1 for part in _RIVALRY):
        raise AnsweredMeanwhile(deed.idem)
    for part, rows in expected.items():
        if touched.get(part, rows) != rows:
            raise RuntimeError(f"{deed.idem}: {part} touched {touched[part]} rows, not {rows}")
