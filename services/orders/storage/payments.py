"""Payments at outside providers, their notices, and the refunds that are to be made."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.orders.storage.tables import payment, payment_notice, refund


def find_payment(work: Work, payment_id: str) -> sa.Row | None:
    return work.execute(sa.select(payment).where(payment.c.payment_id == payment_id)).one_or_none()


def known_payment(work: Work, payment_id: str) -> sa.Row:
    return work.execute(sa.select(payment).where(payment.c.payment_id == payment_id)).one()


def payment_of_order(work: Work, order_id: str) -> sa.Row | None:
    return work.execute(sa.select(payment).where(payment.c.order_id == order_id)).one_or_none()


def open_payment(work: Work, order: sa.Row, tender_id: str, provider: str) -> sa.Row:
    """The one payment of this order's cash: two taps, two tabs and a retry all get the same."""
    values = {
        "payment_id": derived_id("pay", order.order_id, provider),
        "order_id": order.order_id,
        "tender_id": tender_id,
        "provider": provider,
        "amount_fen": order.cash_fen,
        "status": "open",
        "started_at": work.now,
        "expires_at": order.pay_by,
    }
    work.execute(insert(payment).values(values).on_conflict_do_nothing())
    return work.execute(sa.select(payment).where(payment.c.tender_id == tender_id)).one()


def mark_payment_captured(work: Work, payment_id: str, trade_no: str | None) -> None:
    """Also of a closed payment: money that came is money that came."""
    change = sa.update(payment).where(payment.c.payment_id == payment_id, payment.c.status != "captured")
    work.execute(change.values(status="captured", provider_trade_no=trade_no))


def mark_payment_closed(work: Work, order_id: str) -> None:
    change = sa.update(payment).where(payment.c.order_id == order_id, payment.c.status == "open")
    work.execute(change.values(status="closed"))


def find_notice_outcome(work: Work, provider: str, notify_id: str) -> str | None:
    known = sa.select(payment_notice.c.outcome).where(
        payment_notice.c.provider == provider, payment_notice.c.notify_id == notify_id
    )
    return work.execute(known).scalar_one_or_none()


def record_notice(
    work: Work, provider: str, notify_id: str, payment_id: str, outcome: str, form: Mapping[str, str]
) -> None:
    """The caller holds the order's lock and has looked for the notice."""
    values = {
        "provider": provider,
        "notify_id": notify_id,
        "payment_id": payment_id,
        "outcome": outcome,
        "form": dict(form),
        "received_at": work.now,
    }
    work.execute(payment_notice.insert(), values)


def notices_of_payment(work: Work, payment_id: str) -> list[sa.Row]:
    wanted = sa.select(payment_notice).where(payment_notice.c.payment_id == payment_id)
    return list(work.execute(wanted.order_by(payment_notice.c.received_at)).all())


def open_refund(work: Work, refund_id: str, payment_id: str, amount_fen: int, reason: str) -> bool:
    values = {
        "refund_id": refund_id,
        "payment_id": payment_id,
        "amount_fen": amount_fen,
        "reason": reason,
        "status": "open",
        "due_at": work.now,
    }
    return work.execute(insert(refund).values(values).on_conflict_do_nothing()).rowcount == 1


def finish_refund(work: Work, refund_id: str) -> None:
    change = sa.update(refund).where(refund.c.refund_id == refund_id, refund.c.status == "open")
    work.execute(change.values(status="done", due_at=None, problem=None))


def postpone_refund(work: Work, refund_id: str, due_at: datetime, problem: str) -> None:
    change = sa.update(refund).where(refund.c.refund_id == refund_id, refund.c.status == "open")
    work.execute(change.values(due_at=due_at, problem=problem[:500]))


def refunds_of_payment(work: Work, payment_id: str) -> list[sa.Row]:
    wanted = sa.select(refund).where(refund.c.payment_id == payment_id).order_by(refund.c.refund_id)
    return list(work.execute(wanted).all())
