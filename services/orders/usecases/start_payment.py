"""Sending the buyer to the payment provider."""

from functools import partial
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.provider import PaymentProvider, PaymentToStart
from services.orders.storage.locks import lock_order
from services.orders.storage.payments import open_payment
from services.orders.storage.tenders import tenders_of
from services.orders.usecases.ownership import owned

SUBJECTS = {"zh": "积分商城订单 {}", "en": "Points mall order {}"}
TAIL = 8  # of the order id, enough for a buyer to recognize it


def start_payment(works: Works, request: dict[str, Any]) -> Any:
    """The payment of this order, made if new, and the address that leads to the cashier. The buyer gets the address
    after the payment is committed, so a notice never finds it missing."""
    return works.once(contract.START_PAYMENT, partial(_start, works.settings.providers), request)


def _start(providers: dict[str, PaymentProvider], work: Work, request: dict[str, Any]) -> dict[str, Any]:
    order = owned(lock_order(work, request["order_id"]), request["member_id"])
    if order.status != "awaiting_payment" or work.now >= order.pay_by:
        raise Refused(contract.NOT_PAYABLE, "the order does not wait for a payment", status=order.status)
    cash = next(tender for tender in tenders_of(work, order.order_id) if tender.kind == "cash")
    payment = open_payment(work, order, cash.tender_id, str(cash.provider))
    pay_url = providers[payment.provider].pay_url(_to_start(order, payment, request["return_url"]))
    return {**payment._mapping, "pay_url": pay_url}


def _to_start(order: sa.Row, payment: sa.Row, return_url: str | None) -> PaymentToStart:
    """The same words every time: the provider refuses a second try that tells another story."""
    return PaymentToStart(
        payment_id=payment.payment_id,
        amount_fen=payment.amount_fen,
        subject=SUBJECTS[order.language].format(order.order_id[-TAIL:]),
        pay_by=payment.expires_at,
        return_url=return_url,
    )
