"""Every query that locks rows. One order is locked at a time, and always before anything that hangs on it."""

from datetime import timedelta

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.storage.tables import orders, payment, refund


def lock_order(work: Work, order_id: str) -> sa.Row | None:
    return work.execute(sa.select(orders).where(orders.c.order_id == order_id).with_for_update()).one_or_none()


def lock_known_order(work: Work, order_id: str) -> sa.Row:
    """For what hangs on an order: that the order exists is certain."""
    return work.execute(sa.select(orders).where(orders.c.order_id == order_id).with_for_update()).one()


def due_orders(work: Work, lane: str, limit: int) -> list[str]:
    """Orders whose time has come and whose errands go through ``lane``, the longest overdue first; not locked."""
    due = sa.select(orders.c.order_id).where(orders.c.lane == lane, orders.c.due_at <= work.now)
    return list(work.execute(due.order_by(orders.c.due_at).limit(limit)).scalars())


def lock_due_order(work: Work, order_id: str, lane: str) -> sa.Row | None:
    """None if somebody else works on it or has done so."""
    due = sa.select(orders).where(orders.c.order_id == order_id, orders.c.lane == lane, orders.c.due_at <= work.now)
    return work.execute(due.with_for_update(skip_locked=True)).one_or_none()


def lease_due_refunds(work: Work, provider: str, limit: int, lease_s: int) -> list[sa.Row]:
    through = sa.select(payment.c.payment_id).where(
        payment.c.payment_id == refund.c.payment_id, payment.c.provider == provider
    )
    due = (
        sa.select(refund.c.refund_id)
        .where(refund.c.status == "open", refund.c.due_at <= work.now, through.exists())
        .order_by(refund.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    lease = {"due_at": work.now + timedelta(seconds=lease_s), "attempts": refund.c.attempts + 1}
    claim = sa.update(refund).where(refund.c.refund_id.in_(due)).values(lease).returning(refund)
    return list(work.execute(claim).all())
