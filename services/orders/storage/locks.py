"""Every query that locks rows. The orders of one purchase are locked together, in the order of their ids, and always
before anything that hangs on them."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.storage.tables import after_sale_case, orders, payment, refund


def lock_order(work: Work, order_id: str) -> sa.Row | None:
    """Its purchase is locked with it: what happens to one order may end the others."""
    together = _lock(work, _purchase_of(order_id))
    return next((order for order in together if order.order_id == order_id), None)


def lock_known_order(work: Work, order_id: str) -> sa.Row:
    """For what hangs on an order: that the order exists is certain."""
    return next(order for order in _lock(work, _purchase_of(order_id)) if order.order_id == order_id)


def lock_purchase(work: Work, purchase_id: str) -> Sequence[sa.Row]:
    """Its orders by id; none, if there is no such purchase."""
    return _lock(work, purchase_id)


def _purchase_of(order_id: str) -> sa.ScalarSelect[str]:
    return sa.select(orders.c.purchase_id).where(orders.c.order_id == order_id).scalar_subquery()


def _lock(work: Work, purchase_id: str | sa.ScalarSelect[str]) -> Sequence[sa.Row]:
    together = sa.select(orders).where(orders.c.purchase_id == purchase_id)
    return work.execute(together.order_by(orders.c.order_id).with_for_update()).all()


def due_orders(work: Work, lane: str, limit: int) -> list[str]:
    """Orders whose time has come and whose errands go through ``lane``, the longest overdue first; not locked."""
    due = sa.select(orders.c.order_id).where(orders.c.lane == lane, orders.c.due_at <= work.now)
    return list(work.execute(due.order_by(orders.c.due_at).limit(limit)).scalars())


def lock_due_order(work: Work, order_id: str, lane: str) -> sa.Row | None:
    """None if somebody else works on it, or on another order of its purchase, or has done so."""
    of_purchase = sa.select(sa.func.min(orders.c.order_id)).where(orders.c.purchase_id == _purchase_of(order_id))
    first = sa.select(orders.c.order_id).where(orders.c.order_id == of_purchase.scalar_subquery())
    if work.execute(first.with_for_update(skip_locked=True)).one_or_none() is None:
        return None
    order = lock_known_order(work, order_id)
    return order if order.lane == lane and order.due_at is not None and order.due_at <= work.now else None


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


def lock_case(work: Work, case_id: str) -> tuple[sa.Row, sa.Row]:
    """The order of a known case, locked, and the case: whoever changes a case has the lock of its order."""
    known = sa.select(after_sale_case).where(after_sale_case.c.case_id == case_id)
    order = lock_known_order(work, work.execute(known).one().order_id)
    return order, work.execute(known).one()


def due_cases(work: Work, limit: int) -> list[str]:
    """Cases whose time has come, the longest overdue first; not locked."""
    due = sa.select(after_sale_case.c.case_id).where(after_sale_case.c.due_at <= work.now)
    return list(work.execute(due.order_by(after_sale_case.c.due_at).limit(limit)).scalars())
