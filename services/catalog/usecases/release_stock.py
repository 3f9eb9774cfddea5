"""Give up the reservation of an order."""

from typing import Any

from services.catalog.storage.reservations import move, open_tombstone
from services.catalog.usecases.reservation_steps import release_held
from services.chassis.data.work import Work


def release_stock(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``units`` are those given up now: 0 when the reservation never came, is gone already, or was committed."""
    order_id, reason = request["order_id"], request["reason"]
    if open_tombstone(work, order_id, reason):
        return {"order_id": order_id, "units": 0}
    units = release_held(work, order_id, "release", reason)
    if units is None:
        move(work, order_id, "bury", reason)  # an expired one: a confirmation must not revive it any more
    return {"order_id": order_id, "units": units or 0}
