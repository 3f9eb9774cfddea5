"""Payments at outside providers, their notices, and the refunds that are to be made."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.orders.domain.provider import Letter, PaymentAtProvider
from services.orders.domain.provider_numbers import number_at
from services.orders.storage.tables import payment, payment_notice, payment_share, refund

_PAYMENT = sa.select(payment).where(payment.c.payment_id == sa.bindparam("payment_id"))
_CAN_BE_PAID = sa.select(payment).where(
    payment.c.purchase_id == sa.bindparam("purchase_id"), payment.c.status == "open"
)
_SHARES = (
    sa.select(payment_share)
    .where(payment_share.c.payment_id == sa.bindparam("payment_id"))
    .order_by(payment_share.c.order_id)
)
_CAPTURED_SHARES = (
    sa.select(payment_share)
    .join(payment, payment.c.payment_id == payment_share.c.payment_id)
    .where(payment_share.c.order_id == sa.bindparam("order_id"), payment.c.status == "captured")
    .order_by(payment_share.c.payment_id)
)
_OUTCOME = sa.select(payment_notice.c.outcome).where(
    payment_notice.c.provider == sa.bindparam("provider"),
    payment_notice.c.notify_id == sa.bindparam("notify_id"),
    payment_notice.c.payment_id == sa.bindparam("payment_id"),
)
_CAPTURE = (
    sa.update(payment)
    .where(payment.c.payment_id == sa.bindparam("its_id"), payment.c.status != "captured")
    .values(status="captured", provider_trade_no=sa.bindparam("trade_no"))
)
_IS_IT = payment.c.payment_id == sa.bindparam("its_id")
_CLOSE = sa.update(payment).where(_IS_IT, payment.c.status == "open").values(status="closed")
_CLOSE_ALL = (
    sa.update(payment)
    .where(payment.c.purchase_id == sa.bindparam("its_purchase"), payment.c.status == "open")
    .values(status="closed")
)
_HOW_MANY = sa.select(sa.func.count()).where(payment.c.purchase_id == sa.bindparam("purchase_id"))
_ADD = insert(payment).returning(payment)
_ADD_SHARES = Planned(
    "add_payment_shares",
    """
    INSERT INTO payment_share (payment_id, order_id, amount_fen, given_back_fen)
    SELECT CAST(:payment_id AS text), share.order_id, share.amount_fen, 0
    FROM unnest(CAST(:order_ids AS text[]), CAST(:amounts AS bigint[])) AS share (order_id, amount_fen)
    """,
)
_ADD_NOTICE = Planned(
    "add_payment_notice",
    """
    INSERT INTO payment_notice (provider, notify_id, payment_id, outcome, form, received_at)
    VALUES (:provider, :notify_id, :payment_id, :outcome, CAST(:form AS jsonb), :received_at)
    """,
)
_OPEN_REFUND = insert(refund).on_conflict_do_nothing()
_TAKE_FROM_SHARE = Planned(
    "take_from_payment_share",
    """
    UPDATE payment_share SET given_back_fen = given_back_fen + :amount_fen
    WHERE payment_id = :payment_id AND order_id = :order_id
    """,
)
_IS_OPEN_REFUND = (refund.c.refund_id == sa.bindparam("its_id"), refund.c.status == "open")
_FINISH_REFUND = sa.update(refund).where(*_IS_OPEN_REFUND).values(status="done", due_at=None, problem=None)


def find_payment(work: Work, payment_id: str) -> sa.Row | None:
    return work.execute(_PAYMENT, {"payment_id": payment_id}).one_or_none()


def known_payment(work: Work, payment_id: str) -> sa.Row:
    return work.execute(_PAYMENT, {"payment_id": payment_id}).one()


def payments_of(work: Work, purchase_id: str) -> list[sa.Row]:
    """One for every provider that the buyer was sent to, oldest first."""
    of_purchase = sa.select(payment).where(payment.c.purchase_id == purchase_id)
    return list(work.execute(of_purchase.order_by(payment.c.started_at, payment.c.payment_id)).all())


def open_payment_of(work: Work, purchase_id: str) -> sa.Row | None:
    """The one that can be paid now."""
    return work.execute(_CAN_BE_PAID, {"purchase_id": purchase_id}).one_or_none()


def shares_of(work: Work, payment_id: str) -> list[sa.Row]:
    """What each order has in a payment, by their ids."""
    return list(work.execute(_SHARES, {"payment_id": payment_id}).all())


def captured_shares_of(work: Work, order_id: str) -> list[sa.Row]:
    """What an order has in payments that have come."""
    return list(work.execute(_CAPTURED_SHARES, {"order_id": order_id}).all())


def as_the_provider_knows_it(row: sa.Row) -> PaymentAtProvider:
    return PaymentAtProvider(row.payment_id, row.amount_fen, row.started_at, row.number, row.provider_trade_no)


def add_payment(work: Work, purchase_id: str, provider: str, shares: Mapping[str, int], pay_by: datetime) -> sa.Row:
    """``shares``: fen by order. The caller holds the purchase's lock and has found none that is open."""
    earlier = work.execute(_HOW_MANY, {"purchase_id": purchase_id}).scalar_one()
    payment_id = derived_id("pay", purchase_id, provider, str(earlier))
    values = {
        "payment_id": payment_id,
        "number": number_at(provider, payment_id),
        "purchase_id": purchase_id,
        "provider": provider,
        "amount_fen": sum(shares.values()),
        "status": "open",
        "started_at": work.now,
        "expires_at": pay_by,
    }
    added = work.execute(_ADD, values).one()
    whose = {"payment_id": payment_id, "order_ids": list(shares), "amounts": list(shares.values())}
    work.leave(_ADD_SHARES, whose)
    return added


def mark_payment_captured(work: Work, payment_id: str, trade_no: str | None) -> bool:
    """Also of a closed payment: money that came is money that came. False if it was known."""
    return work.execute(_CAPTURE, {"its_id": payment_id, "trade_no": trade_no}).rowcount == 1


def mark_payment_closed(work: Work, payment_id: str) -> None:
    """Nobody is sent there any more."""
    work.execute(_CLOSE, {"its_id": payment_id})


def mark_payments_closed(work: Work, purchase_id: str) -> None:
    work.execute(_CLOSE_ALL, {"its_purchase": purchase_id})


def find_notice_outcome(work: Work, payment: sa.Row, notify_id: str) -> str | None:
    """None if this notice was not heard yet of this payment: providers may number those of two payments alike."""
    of = {"provider": payment.provider, "notify_id": notify_id, "payment_id": payment.payment_id}
    return work.execute(_OUTCOME, of).scalar_one_or_none()


def record_notice(work: Work, provider: str, notify_id: str, payment_id: str, outcome: str, letter: Letter) -> None:
    """As it came. The caller holds the purchase's lock and has looked for the notice."""
    came = dict(letter.fields) if letter.fields else {"headers": dict(letter.headers), "body": letter.body}
    values = {
        "provider": provider,
        "notify_id": notify_id,
        "payment_id": payment_id,
        "outcome": outcome,
        "form": came,
        "received_at": work.now,
    }
    work.leave(_ADD_NOTICE, values)


def notices_of_payments(work: Work, payment_ids: Sequence[str]) -> list[sa.Row]:
    wanted = sa.select(payment_notice).where(payment_notice.c.payment_id.in_(payment_ids))
    return list(work.execute(wanted.order_by(payment_notice.c.received_at)).all())


def open_refund(work: Work, refund_id: str, share: sa.Row, amount_fen: int, reason: str) -> bool:
    """False if it was known. The database lets no share go back more than once."""
    values = {
        "refund_id": refund_id,
        "number": number_at(known_payment(work, share.payment_id).provider, refund_id),
        "payment_id": share.payment_id,
        "order_id": share.order_id,
        "amount_fen": amount_fen,
        "reason": reason,
        "status": "open",
        "due_at": work.now,
    }
    if not work.execute(_OPEN_REFUND, values).rowcount:
        return False
    its_share = {"payment_id": share.payment_id, "order_id": share.order_id}
    work.leave(_TAKE_FROM_SHARE, {**its_share, "amount_fen": amount_fen})
    return True


def finish_refund(work: Work, refund_id: str) -> None:
    work.execute(_FINISH_REFUND, {"its_id": refund_id})


def hasten_refund(work: Work, refund_id: str) -> None:
    """It is asked about now; nothing, if it is done."""
    change = sa.update(refund).where(refund.c.refund_id == refund_id, refund.c.status == "open")
    work.execute(change.values(due_at=sa.func.least(refund.c.due_at, work.now)))


def postpone_refund(work: Work, refund_id: str, due_at: datetime, problem: str) -> None:
    change = sa.update(refund).where(refund.c.refund_id == refund_id, refund.c.status == "open")
    work.execute(change.values(due_at=due_at, problem=problem[:500]))


def find_refund(work: Work, refund_id: str) -> sa.Row | None:
    return work.execute(sa.select(refund).where(refund.c.refund_id == refund_id)).one_or_none()


def open_refunds_through(work: Work, provider: str, limit: int) -> list[sa.Row]:
    """Of payments at ``provider``, what is due first."""
    of_provider = sa.select(refund).join(payment, payment.c.payment_id == refund.c.payment_id)
    wanted = of_provider.where(payment.c.provider == provider, refund.c.status == "open")
    return list(work.execute(wanted.order_by(refund.c.due_at, refund.c.refund_id).limit(limit)).all())


def refunds_of_order(work: Work, order_id: str) -> list[sa.Row]:
    return list(work.execute(sa.select(refund).where(refund.c.order_id == order_id).order_by(refund.c.refund_id)).all())
