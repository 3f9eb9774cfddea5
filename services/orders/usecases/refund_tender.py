"""Giving back what an order took. What is asked for here is done elsewhere: cash by the refund job, points by the
points service when it hears that the order was cancelled."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.orders.domain.tenders import TenderEvent
from services.orders.storage.payments import open_refund, payments_of_order
from services.orders.storage.tenders import Tender, record_tender_event, tenders_of
from services.orders.storage.writes import add_fact


def refund_everything(work: Work, order: sa.Row, reason: str) -> None:
    for tender in tenders_of(work, order.order_id):
        if tender.kind == "points":
            request_points_back(work, order, tender)
    for payment in payments_of_order(work, order.order_id):
        if payment.status == "captured":
            refund_payment(work, payment, reason)


def refund_payment(work: Work, payment: sa.Row, reason: str) -> None:
    """All of a captured payment; asked again it changes nothing, since a payment has one whole refund."""
    amount = payment.amount_fen
    refund_id = derived_id("rfd", payment.payment_id, "whole")
    if open_refund(work, refund_id, payment.payment_id, amount, reason):
        record_tender_event(work, payment.tender_id, TenderEvent("refund", "requested", amount, refund_id))
        add_fact(work, payment.order_id, "payment.refund_requested", refund_id=refund_id, amount_fen=amount)


def request_points_back(work: Work, order: sa.Row, tender: Tender) -> None:
    """Also when their capture is still under way: the points service knows which of the two undoes it."""
    if not tender.state.is_released:
        back = TenderEvent("refund", "requested", tender.state.due - tender.state.refunded, order.order_id)
        record_tender_event(work, tender.tender_id, back)
