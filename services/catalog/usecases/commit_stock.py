"""Turn the reservation of an order into a sale."""

from typing import Any

from services.catalog.contract import RESERVATION_NOT_HELD, RESERVATION_UNKNOWN
from services.catalog.domain.reservations import COMMITTED
from services.catalog.storage.reservations import find_reservation, lines_of
from services.catalog.usecases.reservation_steps import commit_held, units_of
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def commit_stock(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Codes are issued here; their buyer hears of them with the order's confirmation, which names the member."""
    order_id = request["order_id"]
    if not commit_held(work, order_id):
        _refuse_unless_committed(work, order_id)
    return {"order_id": order_id, "units": units_of(lines_of(work, order_id))}


def _refuse_unless_committed(work: Work, order_id: str) -> None:
    reservation = find_reservation(work, order_id)
    if reservation is None:
        raise Refused(RESERVATION_UNKNOWN, "this order has no reservation")
    if reservation.status != COMMITTED:
        raise Refused(RESERVATION_NOT_HELD, "the reservation is not held", status=reservation.status)
