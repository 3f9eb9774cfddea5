"""An order has ended without a sale: what it held or took goes back, and nothing of it may arrive late."""

from services.catalog.domain.reservations import COMMITTED, EXPIRED, HELD, PROMISED, WAITING, Stage
from services.catalog.storage.locks import lock_reservation
from services.catalog.storage.reservations import move, open_tombstone
from services.catalog.usecases.limiting import give_back_limits
from services.catalog.usecases.presale_steps import renounce_promised
from services.catalog.usecases.reservation_steps import release_held, take_back_committed
from services.catalog.usecases.waiting import call_off_waiting
from services.chassis.data.work import ReceivedEvent, Work
from services.orders.contract import ORDER_CANCELLED


def release_ended_order(work: Work, event: ReceivedEvent) -> None:
    """Of a closed or cancelled order, before or after its confirmation was heard of."""
    order_id, reason = event.data["order_id"], event.type
    if event.data["are_goods_lost"]:  # they left the stock, and stay out of it; the member may have as many again
        if lock_reservation(work, order_id):
            give_back_limits(work, order_id)
        return
    if open_tombstone(work, order_id, reason):
        return
    status = lock_reservation(work, order_id)
    if status == HELD:
        was_confirmed = event.type == ORDER_CANCELLED.type
        release_held(work, order_id, "release", reason, Stage.CONFIRMED if was_confirmed else Stage.PLACED)
    elif status == WAITING:
        call_off_waiting(work, order_id, reason)
    elif status == COMMITTED:
        take_back_committed(work, order_id, reason)
    elif status == PROMISED:
        renounce_promised(work, order_id, reason)
    elif status == EXPIRED:
        move(work, order_id, "bury", reason)
