"""Giving back what an order took. What is asked for here is done elsewhere: cash by the refund job, points by the
points service when it hears that the order was cancelled."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.orders.domain.tenders import TenderEvent
from services.orders.storage.payments import open_refund, payment_of_order
from services.orders.storage.tenders import Tender, record_tender_event, tenders_of
from services.orders.storage.writes import add_fact


def refund_everything(work: Work, order: sa.Row, reason: str) -> None:
    for tender in tenders_of(work, order.order_id):
        if tender.kind == "points":
            request_points_back(work, order, tender)
        else:
            refund_cash(work, order, tender, reason)


def refund_cash_only(work: Work, order: sa.Row, reason: str) -> None:
    for tender in tenders_of(work, order.order_id):
        if tender.kind == "cash":
            refund_cash(work, order, tender, reason)


def refund_cash(work: Work, order: sa.Row, tender: Tender, reason: str) -> None:
    """All that is owed; asked again it changes nothing, since a tender has one whole refund."""
    payment = payment_of_order(work, order.order_id)
    amount = tender.state.owed_back
    if payment is None or not amount:
        return
    refund_id = derived_id("rfd", tender.tender_id, "whole")
    if open_refund(work, refund_id, payment.payment_id, amount, reason):
        record_tender_event(work, tender.tender_id, TenderEvent("refund", "requested", amount, refund_id))
        add_fact(work, order.order_id, "payment.refund_requested", refund_id=refund_id, amount_fen=amount)


def request_points_back(work: Work, order: sa.Row, tender: Tender) -> None:
    """Also when their capture is still under way: the points service knows which of the two undoes it."""
    if not tender.state.is_released:
        back = TenderEvent("refund", "requested", tender.state.due - tender.state.refunded, order.order_id)
        record_tender_event(work, tender.tender_id, back)
