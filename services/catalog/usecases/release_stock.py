"""Give up the reservation of an order."""

from typing import Any

from services.catalog.domain.reservations import EXPIRED, HELD
from services.catalog.storage.locks import lock_reservation
from services.catalog.storage.reservations import move, open_tombstone
from services.catalog.usecases.reservation_steps import release_held
from services.chassis.data.work import Work


def release_stock(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``units`` are those given up now: 0 when the reservation never came, is gone already, or was committed."""
    order_id, reason, units = request["order_id"], request["reason"], 0
    if not open_tombstone(work, order_id, reason):
        status = lock_reservation(work, order_id)
        if status == HELD:
            units = release_held(work, order_id, "release", reason) or 0
        elif status == EXPIRED:
            move(work, order_id, "bury", reason)  # a confirmation must not revive it any more
    return {"order_id": order_id, "units": units}
