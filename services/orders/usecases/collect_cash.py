"""A carrier has delivered an order that is paid at the door, and says what it has collected."""

import sqlalchemy as sa

from services.chassis.data.work import ReceivedEvent, Work
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.domain.order_status import ORDER
from services.orders.domain.provider import Trade
from services.orders.storage.payments import add_payment
from services.orders.storage.tenders import tenders_of
from services.orders.storage.writes import add_fact
from services.orders.usecases.capture_payment import AMOUNT_DIFFERS, capture_payment
from services.orders.usecases.move_order import move_on_with
from services.orders.usecases.plan_order import plan_of
from services.orders.usecases.remittances.look_at_claims import note_collected

STEP = "collect_cash"


def collect_cash(work: Work, order: sa.Row, event: ReceivedEvent) -> None:
    """What is due is captured once, as a payment that the carrier owes us from now on. Another amount pays nothing, and
    the order is stuck until the carrier corrects it; but of an order that is over whatever came is taken, and goes
    back. Needs the order's lock; ``order`` is as the delivery has made it."""
    if order.variant != contract.ON_DELIVERY or event.type != logistics.SHIPMENT_DELIVERED.type:
        return
    note_collected(work, event)
    collected = event.data["collected_fen"] or 0
    expected, captured = _expected(work, order)
    if collected == (captured or expected):
        if not captured:
            _capture(work, order, event, collected)
    elif collected and not captured and ORDER.is_end(order.status):
        _capture(work, order, event, collected)
    else:
        told = {"shipment_id": event.data["shipment_id"], "expected_fen": expected, "collected_fen": collected}
        add_fact(work, order.order_id, "cash.amount_differs", **told)
        _stick(work, order)


def _expected(work: Work, order: sa.Row) -> tuple[int, int]:
    """What is due, and what was captured before."""
    cash = next(tender.state for tender in tenders_of(work, order.order_id) if tender.kind == "cash")
    return cash.due, cash.captured


def _capture(work: Work, order: sa.Row, event: ReceivedEvent, collected: int) -> None:
    shares = {order.order_id: collected}
    payment = add_payment(work, order.purchase_id, contract.ON_DELIVERY, shares, pay_by=work.now)
    capture_payment(work, payment, Trade("paid", event.data["shipment_id"], collected))


def _stick(work: Work, order: sa.Row) -> None:
    plan = plan_of(order)
    if STEP in plan and plan[STEP].state == "doing":
        move_on_with(work, order, plan.noted(STEP, stuck_at=work.now, problem=AMOUNT_DIFFERS))
