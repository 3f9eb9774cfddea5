"""Money has come for a purchase, as a notice or the provider's answer has it: each order gets its share."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders import contract
from services.orders.domain.flows.facts import Facts
from services.orders.domain.order_status import ORDER
from services.orders.domain.provider import Trade
from services.orders.domain.tenders import TenderEvent, tender_id_of
from services.orders.storage.payments import mark_payment_captured, mark_payments_closed, shares_of
from services.orders.storage.queries import orders_of_purchase
from services.orders.storage.tenders import record_tender_event
from services.orders.storage.writes import add_fact
from services.orders.usecases.give_back import refund_rest
from services.orders.usecases.move_order import go_on, move_on
from services.orders.usecases.order_facts import facts_about

LATE_PAYMENT = "late_payment"
APPLIED, DUPLICATE, AMOUNT_DIFFERS = "applied", "duplicate", "amount_differs"


def take_paid_trade(work: Work, payment: sa.Row, trade: Trade, notify_id: str | None = None) -> str:
    """Whoever told of it (a notice, the returning buyer, the closing job), in whatever order, as often as they like:
    APPLIED once, then DUPLICATE. AMOUNT_DIFFERS is on record and changes nothing. Needs the purchase's lock."""
    if trade.amount_fen != payment.amount_fen:
        told = {"payment_id": payment.payment_id, "amount_fen": trade.amount_fen}
        note_in_each_order(work, payment, "payment.amount_differs", expected_fen=payment.amount_fen, **told)
        return AMOUNT_DIFFERS
    return APPLIED if capture_payment(work, payment, trade, notify_id) else DUPLICATE


def note_in_each_order(work: Work, payment: sa.Row, what: str, **details: Any) -> None:
    for share in shares_of(work, payment.payment_id):
        add_fact(work, share.order_id, what, **details)


def capture_payment(work: Work, payment: sa.Row, trade: Trade, notify_id: str | None = None) -> bool:
    """False if it was known. Needs the purchase's lock and a trade of the right amount."""
    if not mark_payment_captured(work, payment.payment_id, trade.trade_no):
        return False
    mark_payments_closed(work, payment.purchase_id)  # one at another provider, that was open beside it
    orders = {order.order_id: order for order in orders_of_purchase(work, payment.purchase_id)}
    for share in shares_of(work, payment.payment_id):
        capture_share(work, orders[share.order_id], payment, share, trade.trade_no, notify_id)
    return True


def capture_share(
    work: Work, order: sa.Row, payment: sa.Row, share: sa.Row, trade_no: str | None, notify_id: str | None
) -> None:
    """A live order is confirmed, or paid at the door; a dead one stays dead and its share goes back."""
    captured = TenderEvent("capture", "succeeded", share.amount_fen, payment.payment_id, trade_no)
    record_tender_event(work, tender_id_of(order.order_id, "cash"), captured, notify_id)
    add_fact(work, order.order_id, "payment.captured", payment_id=payment.payment_id, amount_fen=share.amount_fen)
    announce_captured(work, order, payment, share)
    facts = facts_about(work, order)
    if can_be_confirmed(order, facts) or is_due_at_door(order):
        (go_on if order.status == "closing" else move_on)(work, order, facts)
    else:
        give_late_money_back(work, order, share)


def can_be_confirmed(order: sa.Row, facts: Facts) -> bool:
    """Not when its points are free again: somebody else may have them by now."""
    if not ORDER.allows(order.status, "confirm"):
        return False
    return not any(tender.is_released for tender in facts.tenders.values())


def is_due_at_door(order: sa.Row) -> bool:
    """Also while it is being called off: a parcel that was paid for is not given back any more."""
    return order.variant == contract.ON_DELIVERY and not ORDER.is_end(order.status)


def give_late_money_back(work: Work, order: sa.Row, share: sa.Row) -> None:
    """What was called off is never revived, what is paid is not paid twice; what still waited for its end gets it
    now."""
    add_fact(work, order.order_id, "payment.late", status=order.status)
    refund_rest(work, share, LATE_PAYMENT)
    move_on(work, order)


def announce_captured(work: Work, order: sa.Row, payment: sa.Row, share: sa.Row) -> None:
    data = {**payment._mapping, **share._mapping, "member_id": order.member_id}
    work.emit(contract.PAYMENT_CAPTURED, order.order_id, data, order.version)
