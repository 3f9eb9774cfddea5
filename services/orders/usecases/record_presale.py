"""What the catalog tells of goods that were sold before they were there: they are allotted, or nothing comes."""

from services.chassis.data.work import ReceivedEvent, Work
from services.orders.domain.order_status import ORDER
from services.orders.storage.locks import lock_order
from services.orders.storage.writes import add_fact, update_order
from services.orders.usecases.cancel_order import is_stoppable
from services.orders.usecases.move_order import move_on, turn_back
from services.orders.usecases.order_facts import facts_about
from services.orders.usecases.unknown_order import note_unknown_order

REVOKED = "presale_revoked"


def record_allotment(work: Work, event: ReceivedEvent) -> None:
    """The goods may go out. An order that is just being called off hears it from the catalog again."""
    order = lock_order(work, event.data["order_id"])
    if order is None:
        note_unknown_order(event)
    elif order.allotted_at is None and not ORDER.is_end(order.status):
        add_fact(work, order.order_id, "stock.allotted", event.occurred_at, units=event.data["units"])
        move_on(work, update_order(work, order, allotted_at=event.occurred_at))


def record_revocation(work: Work, event: ReceivedEvent) -> None:
    """The order is called off and everything given back, unless it is over, or called off already."""
    order = lock_order(work, event.data["order_id"])
    if order is None:
        note_unknown_order(event)
        return
    facts = facts_about(work, order)
    if order.status == "awaiting_payment" or is_stoppable(order, facts):
        told = {"presale_id": event.data["presale_id"], "why": event.data["reason"]}
        add_fact(work, order.order_id, "presale.revoked", event.occurred_at, **told)
        turn_back(work, order, REVOKED, facts)
