"""What an order is paid with: asked for at the pivot, and given back. What is asked for here is done elsewhere: points
and coins by the points service when it hears what became of the order, cash by the refund job."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.orders.domain.flows.facts import Facts
from services.orders.domain.tenders import TenderEvent, tender_id_of
from services.orders.storage.payments import captured_shares_of, open_refund
from services.orders.storage.tenders import Tender, note_tender_event
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
    for share in captured_shares_of(work, order.order_id) if "cash" in facts.tenders else ():
        refund_rest(work, share, order.close_reason)


def refund_rest(work: Work, share: sa.Row, reason: str) -> None:
    """Of an order's share in a captured payment whatever has not been given back; asked again it changes nothing."""
    rest = share.amount_fen - share.given_back_fen
    if rest:
        refund_payment(work, share, rest, "rest", reason)


def refund_payment(work: Work, share: sa.Row, amount_fen: int, operation: str, reason: str) -> str:
    """Part of an order's share in a captured payment, once for each ``operation``, which is the caller's name for it;
    the refund's id. Needs the order's lock; more than there is left is a fault."""
    refund_id = derived_id("rfd", share.payment_id, share.order_id, operation)
    if open_refund(work, refund_id, share, amount_fen, reason):
        requested = TenderEvent("refund", "requested", amount_fen, refund_id)
        note_tender_event(work, tender_id_of(share.order_id, "cash"), requested)
        add_fact(work, share.order_id, "payment.refund_requested", refund_id=refund_id, amount_fen=amount_fen)
    return refund_id


def refund_part(work: Work, order: sa.Row, tender: Tender, amount: int, operation: str, reason: str) -> str:
    """Part of what a tender took, once for each ``operation``; the reference under which its events stand. Cash goes
    back by the refund job, points and coins when their service is asked for it. Needs the order's lock."""
    if tender.kind == "cash":
        return refund_cash_part(work, order, amount, operation, reason)
    reference = f"{operation}:{tender.kind}"
    note_tender_event(work, tender.tender_id, TenderEvent("refund", "requested", amount, reference))
    return reference


def refund_cash_part(work: Work, order: sa.Row, amount: int, operation: str, reason: str) -> str:
    """From the payment that paid for it: what was paid twice went back at once."""
    left = (share for share in captured_shares_of(work, order.order_id) if share.amount_fen - share.given_back_fen)
    return refund_payment(work, next(left), amount, operation, reason)


def _request(work: Work, order: sa.Row, kind: str, op: str, amount: int) -> None:
    if amount:
        requested = TenderEvent(op, "requested", amount, order.order_id)
        note_tender_event(work, tender_id_of(order.order_id, kind), requested)
