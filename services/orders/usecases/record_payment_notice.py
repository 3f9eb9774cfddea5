"""A payment provider's notification: verified, recorded, applied once."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.provider import Letter, Notice, NoticeNotGenuine
from services.orders.storage.locks import lock_purchase
from services.orders.storage.payments import find_notice_outcome, find_payment, record_notice
from services.orders.usecases.capture_payment import (
    AMOUNT_DIFFERS,
    DUPLICATE,
    note_in_each_order,
    take_paid_trade,
)


def record_payment_notice(works: Works, request: dict[str, Any]) -> dict[str, str]:
    """``applied``, ``duplicate`` or ``ignored`` (genuine, but nothing to do); refuses what is not genuine, not of a
    payment of ours, or of another amount. A refused amount is on record."""
    name = request["provider"]
    letter = Letter(request["fields_received"], request["headers_received"], request["body"] or "")
    notice = read_genuine_notice(works, name, letter)
    outcome = works.run(lambda work, _: take_notice(work, name, notice, letter), request)
    if outcome == AMOUNT_DIFFERS:
        raise Refused(contract.AMOUNT_DIFFERS, "the notice is of another amount", payment_id=notice.payment_id)
    return {"outcome": outcome}


def read_genuine_notice(works: Works, name: str, letter: Letter) -> Notice:
    provider = works.settings.providers.get(name)
    if provider is None:
        raise Refused(contract.PROVIDER_UNKNOWN, "no such payment provider", provider=name)
    try:
        return provider.read_notice(letter)
    except NoticeNotGenuine as problem:
        raise Refused(contract.NOTICE_NOT_GENUINE, str(problem)) from None


def take_notice(work: Work, provider: str, notice: Notice, letter: Letter) -> str:
    payment = find_payment(work, notice.payment_id)
    if payment is None or payment.provider != provider:
        raise Refused(contract.PAYMENT_UNKNOWN, "no such payment", payment_id=notice.payment_id)
    lock_purchase(work, payment.purchase_id)
    known = find_notice_outcome(work, payment, notice.notify_id)
    if known is not None:
        return AMOUNT_DIFFERS if known == AMOUNT_DIFFERS else DUPLICATE
    outcome = apply_notice(work, payment, notice)
    record_notice(work, provider, notice.notify_id, payment.payment_id, outcome, letter)
    return outcome


def apply_notice(work: Work, payment: sa.Row, notice: Notice) -> str:
    trade = notice.trade
    if trade is None:
        note_in_each_order(work, payment, "payment.notice_ignored", refunded_fen=notice.refunded_fen)
        return "ignored"
    if trade.status != "paid":
        told = {"trade_status": trade.status, "refunded_fen": notice.refunded_fen}
        note_in_each_order(work, payment, "payment.notice_ignored", **told)
        return "ignored"
    return take_paid_trade(work, payment, trade, notice.notify_id)
