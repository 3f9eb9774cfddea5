"""Cash that was paid at the door goes back by payouts: finance makes them, and says so here."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.storage.payments import find_refund, known_payment, open_refunds_through
from services.orders.storage.writes import add_fact
from services.orders.usecases.settle_refunds import refund_is_done


def list_payouts(work: Work, limit: int) -> list[dict[str, Any]]:
    """The refunds that finance still has to pay out, the oldest first."""
    return [dict(row._mapping) for row in open_refunds_through(work, contract.ON_DELIVERY, limit)]


def find_payouts(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    return {"payouts": list_payouts(work, request["limit"])}


def get_payout(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    refund, _ = _known(work, request["refund_id"])
    return dict(refund._mapping)


def record_payout(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    refund = confirm_payout(work, request["refund_id"], request["reference"], request["reason"])
    return dict(refund._mapping)


def confirm_payout(work: Work, refund_id: str, reference: str, reason: str) -> sa.Row:
    """``reference`` is the transfer's number at the bank. Said again it changes nothing."""
    refund, payment = _known(work, refund_id)
    if refund_is_done(work, refund, payment, reference):
        told = {"refund_id": refund_id, "reference": reference, "reason": reason}
        add_fact(work, refund.order_id, "payment.paid_out", **told)
    return find_refund(work, refund_id) or refund


def _known(work: Work, refund_id: str) -> tuple[sa.Row, sa.Row]:
    """With its payment; refuses what a provider gives back."""
    refund = find_refund(work, refund_id)
    payment = known_payment(work, refund.payment_id) if refund else None
    if refund is None or payment is None or payment.provider != contract.ON_DELIVERY:
        raise Refused(contract.PAYOUT_UNKNOWN, "no such refund is paid out by hand", refund_id=refund_id)
    return refund, payment
