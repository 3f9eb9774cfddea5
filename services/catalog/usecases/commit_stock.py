"""Turn the reservation of an order into a sale."""

from typing import Any

from services.catalog.contract import RESERVATION_NOT_HELD, RESERVATION_UNKNOWN
from services.catalog.domain.reservations import HELD, KEPT
from services.catalog.storage.locks import lock_reservation
from services.catalog.storage.reservations import lines_of, parts_of
from services.catalog.usecases.reservation_steps import commit_held, units_of
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def commit_stock(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Codes are issued here; their buyer hears of them with the order's confirmation, which names the member."""
    order_id = request["order_id"]
    status = lock_reservation(work, order_id)
    if status is None:
        raise Refused(RESERVATION_UNKNOWN, "this order has no reservation")
    if status not in KEPT:
        raise Refused(RESERVATION_NOT_HELD, "the reservation is not held", status=status)
    if status == HELD:
        commit_held(work, order_id, parts_of(work, order_id))
    portions = lines_of(work, order_id)
    return {"order_id": order_id, "units": units_of(portions), "is_committed": bool(portions)}
