"""Money has come for an order, as a notice or the provider's answer has it."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders import contract
from services.orders.domain.order_status import ORDER
from services.orders.domain.provider import Trade
from services.orders.domain.tenders import TenderEvent
from services.orders.storage.payments import mark_payment_captured, mark_payments_closed
from services.orders.storage.tenders import record_tender_event, tenders_of
from services.orders.storage.writes import add_fact
from services.orders.usecases.give_back import refund_payment
from services.orders.usecases.move_order import go_on, move_on

LATE_PAYMENT = "late_payment"
APPLIED, DUPLICATE, AMOUNT_DIFFERS = "applied", "duplicate", "amount_differs"


def take_paid_trade(work: Work, order: sa.Row, payment: sa.Row, trade: Trade, notify_id: str | None = None) -> str:
    """Whoever told of it (a notice, the returning buyer, the closing job), in whatever order, as often as they like:
    APPLIED once, then DUPLICATE. AMOUNT_DIFFERS is on record and changes nothing. Needs the order's lock."""
    if trade.amount_fen != payment.amount_fen:
        told = {"payment_id": payment.payment_id, "amount_fen": trade.amount_fen}
        add_fact(work, order.order_id, "payment.amount_differs", expected_fen=payment.amount_fen, **told)
        return AMOUNT_DIFFERS
    return APPLIED if capture_payment(work, order, payment, trade, notify_id) else DUPLICATE


def capture_payment(work: Work, order: sa.Row, payment: sa.Row, trade: Trade, notify_id: str | None = None) -> bool:
    """False if it was known. A live order is confirmed; a dead one stays dead and the money goes back. Needs the
    order's lock and a trade of the right amount."""
    captured = TenderEvent("capture", "succeeded", trade.amount_fen, payment.payment_id, trade.trade_no)
    if not record_tender_event(work, payment.tender_id, captured, notify_id):
        return False
    mark_payment_captured(work, payment.payment_id, trade.trade_no)
    add_fact(work, order.order_id, "payment.captured", payment_id=payment.payment_id, amount_fen=trade.amount_fen)
    announce_captured(work, order, payment)
    if can_be_confirmed(work, order):
        mark_payments_closed(work, order.order_id)  # one at another provider, that was open beside it
        (go_on if order.status == "closing" else move_on)(work, order)
    else:
        give_late_money_back(work, order, payment)
    return True


def can_be_confirmed(work: Work, order: sa.Row) -> bool:
    """Not when its points are free again: somebody else may have them by now."""
    if not ORDER.allows(order.status, "confirm"):
        return False
    return not any(tender.state.is_released for tender in tenders_of(work, order.order_id))


def give_late_money_back(work: Work, order: sa.Row, payment: sa.Row) -> None:
    """What was called off is never revived, what is paid is not paid twice; what still waited for its end gets it
    now."""
    add_fact(work, order.order_id, "payment.late", status=order.status)
    refund_payment(work, payment, LATE_PAYMENT)
    if order.status == "closing":
        mark_payments_closed(work, order.order_id)
    move_on(work, order)


def announce_captured(work: Work, order: sa.Row, payment: sa.Row) -> None:
    data = {**payment._mapping, "member_id": order.member_id}
    work.emit(contract.PAYMENT_CAPTURED, order.order_id, data, order.version)
