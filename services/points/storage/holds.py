"""Holds and the buckets they drew on. The wallet's lock covers them; a hold without a wallet is a bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.buckets import Share
from services.points.domain.chart import POINTS
from services.points.domain.holds import BARRED, CAPTURED, HOLD, OPEN

_KEY = "hold.order_id = :order_id AND hold.unit = :unit"
COLUMNS = """
    hold.order_id, hold.unit, hold.account_id, hold.amount, hold.captured, hold.refunded, hold.state, hold.order_ended,
    hold.expires_at, coalesce(hold.expires_at <= now(), false)
"""
_BAR = sa.text(f"""
    INSERT INTO hold (order_id, unit, amount, state, reason, settled_at)
    VALUES (:order_id, :unit, 0, '{BARRED}', :reason, now()) ON CONFLICT DO NOTHING
""")  # noqa: S608 — what is inserted here and below are constants
_REOPEN = f"""
    UPDATE hold SET state = '{OPEN}', reason = NULL, settled_at = NULL
    WHERE {_KEY} AND state = ANY(CAST(:sources AS text[])) RETURNING order_id, unit
"""  # noqa: S608
_FORGET_DRAWN = sa.text("DELETE FROM hold_bucket WHERE order_id = :order_id AND unit = :unit")
_EXTEND = sa.text(f"""
    UPDATE hold SET expires_at = now() + make_interval(secs => :seconds)
    WHERE {_KEY} AND state = '{OPEN}' AND expires_at <= now()
""")  # noqa: S608
_ORDER_ENDED = sa.text(f"UPDATE hold SET order_ended = true WHERE {_KEY}")  # noqa: S608
_OVERDUE = sa.text(f"""
    SELECT order_id, unit FROM hold WHERE state = '{OPEN}' AND expires_at <= now() ORDER BY expires_at LIMIT :most
""")  # noqa: S608

# Parts of bookings (storage/bookings.py). Shares follow their hold: they are written if it was.
OPENED = f"""
    INSERT INTO hold (order_id, unit, account_id, amount, state, expires_at)
    VALUES (:order_id, :unit, :account_id, :amount, '{OPEN}', :expires_at) ON CONFLICT DO NOTHING
    RETURNING order_id, unit
"""  # noqa: S608
SETTLED = f"""
    UPDATE hold SET state = :state, captured = :captured, reason = :reason, settled_at = now()
    WHERE {_KEY} AND state = '{OPEN}' RETURNING order_id, unit
"""  # noqa: S608
REFUNDED = f"""
    UPDATE hold SET refunded = refunded + :refunded
    WHERE {_KEY} AND state = '{CAPTURED}' AND captured - refunded >= :refunded RETURNING order_id, unit
"""  # noqa: S608
_SHARES = """
    unnest(CAST(:part_pools AS smallint[]), CAST(:part_days AS date[]), CAST(:part_points AS bigint[]))
    AS share (pool, expires_on, points)
"""
_OF_SHARE = """
    (hold_bucket.order_id, hold_bucket.unit, hold_bucket.pool, hold_bucket.expires_on)
    = (its_hold.order_id, its_hold.unit, share.pool, share.expires_on)
"""
DRAWN_SHARES = f"""
    INSERT INTO hold_bucket (order_id, unit, pool, expires_on, amount)
    SELECT its_hold.order_id, its_hold.unit, share.pool, share.expires_on, share.points FROM its_hold, {_SHARES}
    RETURNING 1
"""  # noqa: S608
CAPTURED_SHARES = f"""
    UPDATE hold_bucket SET captured = share.points FROM its_hold, {_SHARES} WHERE {_OF_SHARE} RETURNING 1
"""  # noqa: S608
REFUNDED_SHARES = f"""
    UPDATE hold_bucket SET refunded = refunded + share.points FROM its_hold, {_SHARES} WHERE {_OF_SHARE} RETURNING 1
"""  # noqa: S608
_DRAW_AGAIN = sa.text(f"WITH its_hold AS ({_REOPEN}) {DRAWN_SHARES}")


class HoldKey(NamedTuple):
    """One hold an order and unit."""

    order_id: str
    unit: str = POINTS

    def __str__(self) -> str:
        return f"{self.order_id}:{self.unit}"


class Part(NamedTuple):
    """What a hold drew from one bucket, and what became of it."""

    pool: int
    expires_on: date
    amount: int
    captured: int
    refunded: int


@dataclass(frozen=True)
class Hold:
    """``overdue``: its time was up, by the database's clock, when it was read. A bar has no account."""

    order_id: str
    unit: str
    account_id: int | None
    amount: int
    captured: int
    refunded: int
    state: str
    order_ended: bool
    expires_at: datetime | None
    overdue: bool

    @property
    def key(self) -> HoldKey:
        return HoldKey(self.order_id, self.unit)


def bar_hold(work: Work, key: HoldKey, reason: str) -> bool:
    """False if the order has a hold or a bar already (waits for one in the making)."""
    return work.execute(_BAR, {**key._asdict(), "reason": reason}).rowcount == 1


def reopen_hold(work: Work, key: HoldKey, drawn: Sequence[Share]) -> None:
    """An expired hold, for a capture in the same transaction; what it drew on before is forgotten for ``drawn``."""
    work.execute(_FORGET_DRAWN, key._asdict())
    values = {**key._asdict(), "sources": list(HOLD.sources("reopen")), **values_of(drawn)}
    if work.execute(_DRAW_AGAIN, values).rowcount != len(drawn):
        raise RuntimeError(f"{key} changed under the lock of its wallet")


def extend_hold(work: Work, key: HoldKey, seconds: int) -> bool:
    """Only one that is still open and overdue."""
    return work.execute(_EXTEND, {**key._asdict(), "seconds": seconds}).rowcount == 1


def note_order_ended(work: Work, key: HoldKey) -> None:
    """From here on a late confirmation of the order means nothing."""
    work.execute(_ORDER_ENDED, key._asdict())


def overdue_holds(work: Work, most: int) -> list[HoldKey]:
    """The longest overdue first."""
    return [HoldKey(*tuple(row)) for row in work.execute(_OVERDUE, {"most": most})]


def values_of(shares: Sequence[Share]) -> dict[str, Any]:
    """Parameters of DRAWN_SHARES, CAPTURED_SHARES and REFUNDED_SHARES."""
    return {
        "part_pools": [share.pool for share in shares],
        "part_days": [share.expires_on for share in shares],
        "part_points": [share.points for share in shares],
    }
