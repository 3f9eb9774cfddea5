"""What an order is paid with: asked for at the pivot, and given back. What is asked for here is done elsewhere: points
and coins by the points service when it hears what became of the order, cash by the refund job."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.orders.domain.flows.facts import Facts
from services.orders.domain.tenders import TenderEvent, tender_id_of
from services.orders.storage.payments import open_refund, payments_of_order
from services.orders.storage.tenders import record_tender_event
from services.orders.storage.writes import add_fact


def request_capture(work: Work, order: sa.Row, facts: Facts, kind: str) -> None:
    """``order.confirmed.v1`` is the request; ``points.hold_captured.v1`` will be the answer."""
    tender = facts.tenders.get(kind)
    if tender:
        _request(work, order, kind, "capture", tender.due)


def release_hold(work: Work, order: sa.Row, facts: Facts, kind: str) -> None:
    """Of an order that never came to the point where it is asked for."""
    tender = facts.tenders.get(kind)
    if tender and not tender.is_released and not tender.captured and "capture" not in tender.in_flight:
        _request(work, order, kind, "void", tender.due)


def refund_held(work: Work, order: sa.Row, facts: Facts, kind: str) -> None:
    """Also when the capture is still under way: the points service knows which of the two undoes it."""
    tender = facts.tenders.get(kind)
    if tender and not tender.is_released:
        _request(work, order, kind, "refund", tender.due - tender.refunded)


def refund_cash(work: Work, order: sa.Row, facts: Facts) -> None:
    for payment in payments_of_order(work, order.order_id):
        if payment.status == "captured":
            refund_payment(work, payment, order.close_reason)


def refund_payment(work: Work, payment: sa.Row, reason: str) -> None:
    """All of a captured payment; asked again it changes nothing, since a payment has one whole refund."""
    amount = payment.amount_fen
    refund_id = derived_id("rfd", payment.payment_id, "whole")
    if open_refund(work, refund_id, payment.payment_id, amount, reason):
        record_tender_event(work, payment.tender_id, TenderEvent("refund", "requested", amount, refund_id))
        add_fact(work, payment.order_id, "payment.refund_requested", refund_id=refund_id, amount_fen=amount)


def _request(work: Work, order: sa.Row, kind: str, op: str, amount: int) -> None:
    if amount:
        requested = TenderEvent(op, "requested", amount, order.order_id)
        record_tender_event(work, tender_id_of(order.order_id, kind), requested)
