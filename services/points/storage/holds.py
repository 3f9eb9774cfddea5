"""Holds and the buckets they drew on. The wallet's lock covers them; a hold without a wallet is a bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.points.domain.buckets import Share
from services.points.domain.holds import BARRED, CAPTURED, HOLD, OPEN
from services.points.storage.tables import hold

_now = sa.func.now()
_FIND = sa.select(hold, (hold.c.expires_at <= _now).label("overdue")).where(hold.c.id == sa.bindparam("order_id"))


def _in(seconds: object) -> sa.ColumnElement:
    return _now + sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)


_OPEN = (
    insert(hold)
    .values(
        id=sa.bindparam("order_id"), state=OPEN, captured=0, refunded=0, order_ended=False,
        expires_at=_in(sa.bindparam("expires_in_s", type_=sa.Float)),
    )
    .on_conflict_do_nothing()
    .returning(hold.c.expires_at)
)  # fmt: skip
_BAR = (
    insert(hold)
    .values(state=BARRED, amount=0, captured=0, refunded=0, order_ended=False, settled_at=_now)
    .on_conflict_do_nothing()
)
_SETTLE = (
    sa.update(hold)
    .where(hold.c.id == sa.bindparam("order_id"), hold.c.state == OPEN)
    .values(state=sa.bindparam("to_state"), captured=sa.bindparam("points"), settled_at=_now)
    .values(reason=sa.bindparam("because"))
)
_DRAWN = sa.text("SELECT pool, expires_on, amount AS points FROM hold_bucket WHERE hold_id = :order_id")
_REFUNDABLE = sa.text("""
    SELECT pool, expires_on, captured - refunded AS points FROM hold_bucket
    WHERE hold_id = :order_id AND captured > refunded
""")
_SHARES = """
    unnest(CAST(:pools AS smallint[]), CAST(:days AS date[]), CAST(:points AS bigint[]))
    AS share (pool, expires_on, points)
"""
_DRAW = sa.text(f"""
    INSERT INTO hold_bucket (hold_id, pool, expires_on, amount)
    SELECT :order_id, share.pool, share.expires_on, share.points FROM {_SHARES}
""")  # noqa: S608 — the inserted text is the constant above
_CAPTURE_SHARES = sa.text(f"""
    UPDATE hold_bucket SET captured = share.points FROM {_SHARES}
    WHERE hold_id = :order_id AND hold_bucket.pool = share.pool AND hold_bucket.expires_on = share.expires_on
""")  # noqa: S608
_REFUND_SHARES = sa.text(f"""
    UPDATE hold_bucket SET refunded = refunded + share.points FROM {_SHARES}
    WHERE hold_id = :order_id AND hold_bucket.pool = share.pool AND hold_bucket.expires_on = share.expires_on
""")  # noqa: S608
_OVERDUE = (
    sa.select(hold.c.id)
    .where(hold.c.state == OPEN, hold.c.expires_at <= _now)
    .order_by(hold.c.expires_at)
    .limit(sa.bindparam("most"))
)


@dataclass(frozen=True)
class Hold:
    """``overdue``: its time was up, by the database's clock, when it was read. A bar has no account."""

    order_id: str
    account_id: int | None
    amount: int
    captured: int
    refunded: int
    state: str
    order_ended: bool
    expires_at: datetime | None
    overdue: bool


def find_hold(work: Work, order_id: str) -> Hold | None:
    row = work.execute(_FIND, {"order_id": order_id}).one_or_none()
    if row is None:
        return None
    return Hold(
        row.id, row.account_id, row.amount, row.captured, row.refunded, row.state, row.order_ended, row.expires_at,
        bool(row.overdue),
    )  # fmt: skip


def get_hold(work: Work, order_id: str) -> Hold:
    """One that is known to be there: holds are never deleted."""
    hold = find_hold(work, order_id)
    if hold is None:
        raise LookupError(f"no hold of order {order_id}")
    return hold


def open_hold(work: Work, order_id: str, account_id: int, amount: int, expires_in_s: int) -> datetime | None:
    """When it ends; None if the order has a hold or a bar already (waits for one in the making)."""
    values = {"order_id": order_id, "account_id": account_id, "amount": amount, "expires_in_s": expires_in_s}
    return work.execute(_OPEN, values).scalar_one_or_none()


def bar_hold(work: Work, order_id: str, reason: str) -> bool:
    """False if the order has a hold or a bar already (waits for one in the making)."""
    return work.execute(_BAR, {"id": order_id, "reason": reason}).rowcount == 1


def settle_hold(work: Work, order_id: str, event: str, captured: int = 0, reason: str | None = None) -> None:
    """``event`` of the transition table, from open."""
    values = {"order_id": order_id, "to_state": HOLD.next(OPEN, event), "points": captured, "because": reason}
    _exactly_one(work.execute(_SETTLE, values).rowcount, order_id)


def reopen_hold(work: Work, order_id: str) -> None:
    """An expired hold, for a capture in the same transaction; what it drew on before is forgotten."""
    expired = HOLD.sources("reopen")
    changed = work.execute(
        sa.update(hold)
        .where(hold.c.id == order_id, hold.c.state.in_(expired))
        .values(state=OPEN, reason=None, settled_at=None)
    ).rowcount
    _exactly_one(changed, order_id)
    work.execute(sa.text("DELETE FROM hold_bucket WHERE hold_id = :order_id"), {"order_id": order_id})


def extend_hold(work: Work, order_id: str, seconds: int) -> bool:
    """Only one that is still open and overdue."""
    extend = sa.update(hold).where(hold.c.id == order_id, hold.c.state == OPEN, hold.c.expires_at <= _now)
    return work.execute(extend.values(expires_at=_in(sa.cast(seconds, sa.Float)))).rowcount == 1


def note_order_ended(work: Work, order_id: str) -> None:
    """From here on a late confirmation of the order means nothing."""
    work.execute(sa.update(hold).where(hold.c.id == order_id).values(order_ended=True))


def note_refund(work: Work, order_id: str, shares: Sequence[Share], points: int) -> None:
    refunded = sa.update(hold).where(hold.c.id == order_id, hold.c.state == CAPTURED)
    _exactly_one(work.execute(refunded.values(refunded=hold.c.refunded + points)).rowcount, order_id)
    _note(work, _REFUND_SHARES, order_id, shares)


def note_drawn(work: Work, order_id: str, shares: Sequence[Share]) -> None:
    _note(work, _DRAW, order_id, shares)


def note_captured(work: Work, order_id: str, shares: Sequence[Share]) -> None:
    _note(work, _CAPTURE_SHARES, order_id, shares)


def drawn_by(work: Work, order_id: str) -> list[Share]:
    return [Share(row.pool, row.expires_on, row.points) for row in work.execute(_DRAWN, {"order_id": order_id})]


def refundable_of(work: Work, order_id: str) -> list[Share]:
    return [Share(row.pool, row.expires_on, row.points) for row in work.execute(_REFUNDABLE, {"order_id": order_id})]


def overdue_holds(work: Work, most: int) -> list[str]:
    """Order ids, the longest overdue first."""
    return list(work.execute(_OVERDUE, {"most": most}).scalars())


def _note(work: Work, statement: sa.TextClause, order_id: str, shares: Sequence[Share]) -> None:
    values = {
        "order_id": order_id,
        "pools": [share.pool for share in shares],
        "days": [share.expires_on for share in shares],
        "points": [share.points for share in shares],
    }
    if work.execute(statement, values).rowcount != len(shares):
        raise RuntimeError(f"hold {order_id}: its buckets are not those it drew on")


def _exactly_one(changed: int, order_id: str) -> None:
    if changed != 1:
        raise RuntimeError(f"hold {order_id} changed under the lock of its wallet")
