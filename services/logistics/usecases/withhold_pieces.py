"""Some pieces of an order are called off: its parcels go without them, or, if one of these is with its carrier, as they
are.

What no carrier was asked about is sent with fewer pieces. What is booked, or may be, is given back by its carrier and
booked anew, since a booking says what is in the parcel; a parcel without anything left is cancelled. Of an order not
yet known it is kept what is withheld, and its order.confirmed then ships the rest.
"""

from typing import Any

from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.logistics.contract import PIECES_NOT_THERE, WITHHOLD_PIECES
from services.logistics.domain.parcels import PiecesNotThere, without
from services.logistics.storage.locks import lock_order, lock_shipments_of_order
from services.logistics.storage.shipments import leave_out, set_values, stop_of
from services.logistics.storage.withheld import record_withheld
from services.logistics.usecases.asking_back import cancel_pending, decide_with_carriers, require_here
from services.logistics.usecases.resume_dispatch import latest_of, send_anew, tell_given_back

Request = dict[str, Any]
Pieces = dict[int, int]


def withhold_pieces(works: Works, request: Request) -> dict[str, Any]:
    """{"order_id", "shipments"}. Refuses shipment.already_handed_over, shipment.pieces_not_there.

    A carrier that cannot be asked is a fault: nothing is decided, and the same request may be sent again.
    """
    return decide_with_carriers(works, WITHHOLD_PIECES, _withhold, request)


def _withhold(work: Work, request: Request) -> dict[str, Any]:
    order_id, pieces = request["order_id"], {line["line_no"]: line["quantity"] for line in request["lines"]}
    lock_order(work, order_id)
    record_withheld(work, request)
    rows = [] if stop_of(work, order_id) else latest_of(lock_shipments_of_order(work, order_id))
    if rows:
        rows = _shipments_with(rows, pieces)
        require_here(rows)
    for row in rows:
        _go_on_without(work, row, pieces)
    return {"order_id": order_id, "shipments": len(rows)}


def _shipments_with(rows: list[Any], pieces: Pieces) -> list[Any]:
    """Those that have some of the pieces; refuses if they have not all of them."""
    lines = {row.id: {line["line_no"] for line in row.lines} for row in rows if not row.is_emptied}
    if missing := set(pieces) - set[int]().union(*lines.values()):
        raise _not_there(f"no shipment has lines {sorted(missing)}")
    return [row for row in rows if lines.get(row.id, set()) & set(pieces)]


def _go_on_without(work: Work, row: Any, pieces: Pieces) -> None:
    try:
        left = without(row.lines, pieces)
    except PiecesNotThere as problem:
        raise _not_there(str(problem)) from None
    if row.status == "pending" and not row.may_be_booked and left:
        leave_out(work, row, left)
        return
    gone = cancel_pending(work, row) if row.status == "pending" else row
    tell_given_back(work, gone)
    if left:
        send_anew(work, gone, left)
    else:
        set_values(work, gone.id, is_emptied=True)


def _not_there(problem: str) -> Refused:
    return Refused(PIECES_NOT_THERE, problem)
