"""Give up the reservation of an order."""

from typing import Any

from services.catalog.domain.reservations import COMMITTED, EXPIRED, HELD, PROMISED, Stage
from services.catalog.storage.locks import lock_reservation
from services.catalog.storage.reservations import move, open_tombstone
from services.catalog.usecases.presale_steps import renounce_promised
from services.catalog.usecases.reservation_steps import release_held
from services.chassis.data.work import Work


def release_stock(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``units`` are those given up now: 0 when the reservation never came, is gone already, was of what is to come, or
    was committed. What is merely held is given up by who could not place the order: of what was placed, its end is told
    as an event."""
    order_id, reason, units, status = request["order_id"], request["reason"], 0, None
    if not open_tombstone(work, order_id, reason):
        status = lock_reservation(work, order_id)
        if status == HELD:
            units = release_held(work, order_id, "release", reason, Stage.TRIED) or 0
        elif status == PROMISED:
            renounce_promised(work, order_id, reason)
        elif status == EXPIRED:
            move(work, order_id, "bury", reason)  # a confirmation must not revive it any more
    return {"order_id": order_id, "units": units, "is_committed": status == COMMITTED}
