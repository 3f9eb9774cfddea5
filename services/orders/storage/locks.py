"""Every query that locks rows. The orders of one purchase are locked together, in the order of their ids, and always
before anything that hangs on them."""

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.orders.storage.tables import after_sale_case, orders, payment, provider_bill, refund

_PURCHASE_OF = sa.select(orders.c.purchase_id).where(orders.c.order_id == sa.bindparam("order_id")).scalar_subquery()


def _together(purchase_id: sa.ColumnElement[str]) -> sa.Select:
    return sa.select(orders).where(orders.c.purchase_id == purchase_id).order_by(orders.c.order_id).with_for_update()


_WITH_ORDER = Planned("lock_with_order", _together(_PURCHASE_OF))
_OF_PURCHASE = Planned("lock_purchase", _together(sa.bindparam("purchase_id")))
_WITH_CASE = _together(
    sa.select(orders.c.purchase_id)
    .join(after_sale_case, after_sale_case.c.order_id == orders.c.order_id)
    .where(after_sale_case.c.case_id == sa.bindparam("case_id"))
    .scalar_subquery()
)
_CASE = sa.select(after_sale_case).where(after_sale_case.c.case_id == sa.bindparam("case_id"))
_FIRST_TOGETHER = (
    sa.select(sa.func.min(orders.c.order_id)).where(orders.c.purchase_id == _PURCHASE_OF).scalar_subquery()
)
_FIRST = sa.select(orders.c.order_id).where(orders.c.order_id == _FIRST_TOGETHER).with_for_update(skip_locked=True)
_DUE = (
    sa.select(orders.c.order_id)
    .where(orders.c.lane == sa.bindparam("lane"), orders.c.due_at <= sa.bindparam("now"))
    .order_by(orders.c.due_at)
    .limit(sa.bindparam("at_once"))
)


def lock_order(work: Work, order_id: str) -> sa.Row | None:
    """Its purchase is locked with it: what happens to one order may end the others."""
    together = work.execute(_WITH_ORDER, {"order_id": order_id})
    return next((order for order in together if order.order_id == order_id), None)


def lock_known_order(work: Work, order_id: str) -> sa.Row:
    """For what hangs on an order: that the order exists is certain."""
    together = work.execute(_WITH_ORDER, {"order_id": order_id})
    return next(order for order in together if order.order_id == order_id)


def lock_purchase(work: Work, purchase_id: str) -> Sequence[sa.Row]:
    """Its orders by id; none, if there is no such purchase."""
    return work.execute(_OF_PURCHASE, {"purchase_id": purchase_id}).all()


def lock_promises(work: Work, member_id: str) -> None:
    """Placings of one member that promise cash go one by one, until the commit. Taken before any order is there."""
    work.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"promises:{member_id}", 0))))


def due_orders(work: Work, lane: str, limit: int) -> list[str]:
    """Orders whose time has come and whose errands go through ``lane``, the longest overdue first; not locked."""
    return list(work.execute(_DUE, {"lane": lane, "now": work.now, "at_once": limit}).scalars())


def due_lanes(work: Work, prefix: str) -> list[str]:
    """Those that begin with ``prefix`` in which orders are due, the longest overdue first."""
    of_kind = (orders.c.lane.startswith(prefix, autoescape=True), orders.c.due_at <= work.now)
    lanes = sa.select(orders.c.lane).where(*of_kind).group_by(orders.c.lane)
    return list(work.execute(lanes.order_by(sa.func.min(orders.c.due_at))).scalars())


def lock_due_order(work: Work, order_id: str, lane: str) -> sa.Row | None:
    """None if somebody else works on it, or on another order of its purchase, or has done so."""
    if work.execute(_FIRST, {"order_id": order_id}).one_or_none() is None:
        return None
    order = lock_known_order(work, order_id)
    return order if order.lane == lane and order.due_at is not None and order.due_at <= work.now else None


def lease_due_refunds(work: Work, provider: str, limit: int, lease_s: int) -> list[sa.Row]:
    """``limit`` at most, chosen once: a bare subquery may be run for every row, and then choose others each time."""
    through = sa.select(payment.c.payment_id).where(
        payment.c.payment_id == refund.c.payment_id, payment.c.provider == provider
    )
    due = (
        sa.select(refund.c.refund_id)
        .where(refund.c.status == "open", refund.c.due_at <= work.now, through.exists())
        .order_by(refund.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    lease = {"due_at": work.now + timedelta(seconds=lease_s), "attempts": refund.c.attempts + 1}
    claim = sa.update(refund).where(refund.c.refund_id == due.c.refund_id).values(lease).returning(refund)
    return list(work.execute(claim).all())


def lock_case(work: Work, case_id: str) -> tuple[sa.Row, sa.Row]:
    """The order of a known case, locked, and the case: whoever changes a case has the lock of its order."""
    together = work.execute(_WITH_CASE, {"case_id": case_id}).all()
    case = work.execute(_CASE, {"case_id": case_id}).one()
    return next(order for order in together if order.order_id == case.order_id), case


def due_cases(work: Work, limit: int) -> list[str]:
    """Cases whose time has come, the longest overdue first; not locked."""
    due = sa.select(after_sale_case.c.case_id).where(after_sale_case.c.due_at <= work.now)
    return list(work.execute(due.order_by(after_sale_case.c.due_at).limit(limit)).scalars())


def lease_due_bill(work: Work, provider: str, lease_s: int) -> date | None:
    """The day of the oldest bill that is to be asked for; nobody else has it for a while."""
    of_provider = (provider_bill.c.provider == provider, provider_bill.c.state == "awaited")
    due = (
        sa.select(provider_bill.c.day)
        .where(*of_provider, provider_bill.c.due_at <= work.now)
        .order_by(provider_bill.c.day)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    lease = {"due_at": work.now + timedelta(seconds=lease_s), "tries": provider_bill.c.tries + 1}
    claim = sa.update(provider_bill).where(*of_provider, provider_bill.c.day == due.c.day).values(lease)
    return work.execute(claim.returning(provider_bill.c.day)).scalar_one_or_none()


def lock_claim(work: Work, carrier: str, waybill_no: str) -> None:
    """What a carrier owes of one parcel: whoever changes it, or what differs of it, has this lock."""
    wanted = sa.text("SELECT FROM cash_claim WHERE carrier = :carrier AND waybill_no = :waybill_no FOR UPDATE")
    work.execute(wanted, {"carrier": carrier, "waybill_no": waybill_no})


def lock_claims_overdue(work: Work, limit: int) -> Sequence[sa.Row]:
    """Those for which nothing came in time and which nobody has found yet; passes over what others work on."""
    wanted = sa.text("""
        SELECT * FROM cash_claim AS claim
        WHERE due_at <= :now AND said_fen <> remitted_fen + by_hand_fen AND NOT EXISTS (
            SELECT FROM remittance_difference d WHERE d.carrier = claim.carrier AND d.waybill_no = claim.waybill_no
              AND d.state IN ('open', 'write_off_asked'))
        ORDER BY carrier, waybill_no LIMIT :limit FOR UPDATE OF claim SKIP LOCKED
    """)
    return work.execute(wanted, {"now": work.now, "limit": limit}).all()


def lock_awaited_bill(work: Work, provider: str, day: date) -> bool:
    """False if somebody else has read it."""
    awaited = sa.select(provider_bill.c.day).where(
        provider_bill.c.provider == provider, provider_bill.c.day == day, provider_bill.c.state == "awaited"
    )
    return work.execute(awaited.with_for_update()).one_or_none() is not None


def lock_bill_to_compare(work: Work, provider: str) -> sa.Row | None:
    """The oldest that was read and not compared to its end, unless somebody else is at it."""
    to_compare = (
        sa.select(provider_bill)
        .where(
            provider_bill.c.provider == provider,
            provider_bill.c.state == "read",
            provider_bill.c.compared_at.is_(None),
        )
        .order_by(provider_bill.c.day)
        .limit(1)
    )
    return work.execute(to_compare.with_for_update(skip_locked=True)).one_or_none()


def lock_bill_to_review(work: Work, provider: str) -> sa.Row | None:
    """The oldest that was compared, as that of the next day was: what is on neither is on none."""
    next_day = provider_bill.alias()
    is_next = (next_day.c.provider == provider, next_day.c.day == provider_bill.c.day + 1)
    to_review = (
        sa.select(provider_bill)
        .where(
            provider_bill.c.provider == provider,
            provider_bill.c.compared_at.is_not(None),
            provider_bill.c.reviewed_at.is_(None),
            sa.select(next_day.c.day).where(*is_next, next_day.c.compared_at.is_not(None)).exists(),
        )
        .order_by(provider_bill.c.day)
        .limit(1)
    )
    return work.execute(to_review.with_for_update(skip_locked=True, of=provider_bill)).one_or_none()
