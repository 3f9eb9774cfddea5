"""Some pieces of a confirmed order do not go out: they can be sold again, and had by the member again.

What waits in a hall is decided here, against the counter that hands it over. For what is sent or switched on, whoever
asks has stopped it before.
"""

from typing import Any

from services.catalog.contract import PIECES_NOT_THERE, RESERVATION_UNKNOWN
from services.catalog.domain.composition import WantedPart
from services.catalog.domain.parcels import Portion
from services.catalog.domain.reservations import COMMITTED, RELEASED, WAITING
from services.catalog.domain.withholding import PiecesNotThere, not_back, parts_withheld, taken_of, units_to_free
from services.catalog.storage.levels import Cause, move_units, unreserve_units
from services.catalog.storage.locks import lock_levels, lock_reservation
from services.catalog.storage.pick_ups import find_pick_up
from services.catalog.storage.reservations import destination_of, lines_of, parts_of
from services.catalog.storage.withheld import record_withheld, shorten_lines, units_back, withheld_of
from services.catalog.usecases.hand_over import collected_before
from services.catalog.usecases.limiting import give_back_some_of_limits
from services.chassis.data.work import Work
from services.chassis.refusal import Refused

Request = dict[str, Any]


class NotConfirmedYet(RuntimeError):
    """The order's confirmation was not heard of: a fault, the same request may be sent again."""


def withhold_pieces(work: Work, request: Request) -> Request:
    """``units`` are those that are free again: none of an order that has ended, which gave all of them back."""
    order_id, status = request["order_id"], lock_reservation(work, request["order_id"])
    if status is None:
        raise Refused(RESERVATION_UNKNOWN, "nothing is reserved for this order")
    if status == RELEASED:
        return {"order_id": order_id, "units": 0}
    if status not in (WAITING, COMMITTED):
        raise NotConfirmedYet(order_id)
    if status == COMMITTED and destination_of(work, order_id).waits:
        raise collected_before(find_pick_up(work, order_id))
    try:
        units = _withhold(work, request, is_waiting=status == WAITING)
    except PiecesNotThere as problem:
        raise Refused(PIECES_NOT_THERE, str(problem)) from None
    return {"order_id": order_id, "units": units}


def _withhold(work: Work, request: Request, is_waiting: bool) -> int:
    order_id, pieces = request["order_id"], {one["sku_id"]: one["pieces"] for one in request["pieces"]}
    parts = parts_withheld(parts_of(work, order_id), pieces, withheld_of(work, order_id))
    record_withheld(work, request["request_id"], order_id, pieces, is_waiting)
    give_back_some_of_limits(work, order_id, parts)
    portions = _portions(work, order_id, parts)
    if is_waiting:
        unreserve_units(work, portions)
        shorten_lines(work, order_id, portions)
    else:
        move_units(work, portions, Cause("returned", +1, request["reason"], request["request_id"], order_id))
    return sum(portion.quantity for portion in portions)


def _portions(work: Work, order_id: str, parts: list[WantedPart]) -> list[Portion]:
    """Back to the places that they came from."""
    units = units_to_free(parts)
    lock_levels(work, units)
    return taken_of(not_back(lines_of(work, order_id), units_back(work, order_id)), units)
