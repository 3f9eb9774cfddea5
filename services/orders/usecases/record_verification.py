"""What counters tell of the codes of an order: used, or, by mistake, not used after all. In any order, late."""

from services.catalog.contract import CODE_VERIFIED
from services.chassis.data.work import ReceivedEvent, Work
from services.orders.storage.escrow import look_now
from services.orders.storage.locks import lock_order
from services.orders.storage.writes import add_fact, mark_code
from services.orders.usecases.unknown_order import note_unknown_order

CODE_TAIL = 4


class CodeNotKnownYet(Exception):
    """A fault on purpose: the event is tried again, and by then the code's issue will have been heard of."""


def record_verification(work: Work, event: ReceivedEvent) -> None:
    """A fact of the order each time; the code is as its latest deed has it, whichever is heard of last."""
    data = event.data
    order = lock_order(work, data["order_id"])
    if order is None:
        note_unknown_order(event)
        return
    is_verified = event.type == CODE_VERIFIED.type
    if not mark_code(work, order.order_id, data["code"], data["done_at"] if is_verified else None, data["version"]):
        raise CodeNotKnownYet(order.order_id)
    told = {name: data[name] for name in ("sku_id", "merchant_id", "key_id")}
    look_now(work, order.order_id)  # what is used was received
    tail = data["code"][-CODE_TAIL:]
    add_fact(work, order.order_id, event.type.rpartition(".v")[0], data["done_at"], code_tail=tail, **told)
