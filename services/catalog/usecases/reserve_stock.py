"""Promise the units of an order until it is paid or times out."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.catalog.contract import RELEASED_BEFORE
from services.catalog.domain.allocation import merged
from services.catalog.domain.reservations import COMMITTED, HELD
from services.catalog.storage.reservations import find_reservation, lines_of, open_reservation
from services.catalog.usecases.reservation_steps import hold
from services.chassis.data.work import Work
from services.chassis.refusal import KEY_REUSED, Refused


def reserve_stock(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """All lines or none; an order that has a reservation keeps it, whatever request id asks again."""
    order_id, wanted = request["order_id"], merged(request["lines"])
    expires_at = work.now + timedelta(seconds=request["expires_in_s"])
    if not open_reservation(work, order_id, expires_at):
        return _as_reserved_before(work, order_id, wanted)
    hold(work, order_id, wanted)
    return {"order_id": order_id, "expires_at": expires_at}


def _as_reserved_before(work: Work, order_id: str, wanted: Mapping[str, int]) -> dict[str, Any]:
    earlier = find_reservation(work, order_id)
    if earlier is None or earlier.status not in (HELD, COMMITTED):
        raise Refused(RELEASED_BEFORE, "the stock of this order was given up before")
    if merged(vars(line) for line in lines_of(work, order_id)) != wanted:
        raise Refused(KEY_REUSED, "this order has a reservation of other lines")
    return {"order_id": order_id, "expires_at": earlier.expires_at}
