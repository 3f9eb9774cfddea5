"""An order has ended without a sale: what it held or took goes back, and nothing of it may arrive late."""

from services.catalog.storage.reservations import move, open_tombstone
from services.catalog.usecases.reservation_steps import release_held, take_back_committed
from services.chassis.data.work import ReceivedEvent, Work


def release_ended_order(work: Work, event: ReceivedEvent) -> None:
    """Of a closed or cancelled order, before or after its confirmation was heard of."""
    order_id, reason = event.data["order_id"], event.type
    if open_tombstone(work, order_id, reason):
        return
    if release_held(work, order_id, "release", reason) is not None:
        return
    if take_back_committed(work, order_id, reason) is None:
        move(work, order_id, "bury", reason)
