"""Every query that locks rows. One order is locked at a time, and always before anything that hangs on it."""

from datetime import timedelta

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.storage.tables import orders, payment, refund, tender


def lock_order(work: Work, order_id: str) -> sa.Row | None:
    return work.execute(sa.select(orders).where(orders.c.order_id == order_id).with_for_update()).one_or_none()


def lock_known_order(work: Work, order_id: str) -> sa.Row:
    """For what hangs on an order: that the order exists is certain."""
    return work.execute(sa.select(orders).where(orders.c.order_id == order_id).with_for_update()).one()


def lock_due_orders(work: Work, statuses: tuple[str, ...], limit: int) -> list[sa.Row]:
    """Orders whose time has come, oldest first; those that another replica works on are passed over."""
    due = (
        sa.select(orders)
        .where(orders.c.status.in_(statuses), orders.c.due_at <= work.now)
        .order_by(orders.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(work.execute(due).all())


def lock_unpaid_orders(work: Work, provider: str, limit: int) -> list[sa.Row]:
    """Orders that nobody paid in time, of those whose cash was to go through ``provider``; as ``lock_due_orders``."""
    through = sa.select(tender.c.order_id).where(tender.c.order_id == orders.c.order_id, tender.c.provider == provider)
    due = (
        sa.select(orders)
        .where(orders.c.status.in_(("awaiting_payment", "closing")), orders.c.due_at <= work.now, through.exists())
        .order_by(orders.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(work.execute(due).all())


def lease_orders(work: Work, order_ids: list[str], lease_s: int) -> None:
    """Keep other replicas off for a while; if this one dies they come back to it."""
    lease = sa.update(orders).values(due_at=work.now + timedelta(seconds=lease_s))
    work.execute(lease.where(orders.c.order_id.in_(order_ids)))


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
