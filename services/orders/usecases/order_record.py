"""Everything on record of one order, for people of operations."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.storage.payments import notices_of_payments, payments_of, refunds_of_order
from services.orders.storage.queries import facts_of, find_order
from services.orders.storage.tenders import tender_event_rows, tenders_of
from services.orders.usecases.views import view_of


def get_order_record(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Its lines, steps, tenders, payments and history, whoever's it is; refuses an unknown one."""
    order = find_order(work, request["order_id"])
    if order is None:
        raise Refused(contract.ORDER_UNKNOWN, "no such order")
    payments = payments_of(work, order.purchase_id)
    payment_ids = [payment.payment_id for payment in payments]
    tenders = tenders_of(work, order.order_id)
    return {
        "order": view_of(work, order),
        "steps": order.plan,
        "tenders": [{**vars(tender.state), "provider": tender.provider} for tender in tenders],
        "tender_events": tender_event_rows(work, order.order_id),
        "payments": payments,
        "notices": notices_of_payments(work, payment_ids),
        "refunds": refunds_of_order(work, order.order_id),
        "timeline": facts_of(work, order.order_id),
    }
