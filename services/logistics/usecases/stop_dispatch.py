"""An order is cancelled: its parcels are stopped before pick-up, or the stop is refused and all go on.

What is not booked is cancelled at once; for what is booked the carrier is asked first. A stop of an order not yet known
is kept, and its order.confirmed then ships nothing.
"""

from typing import Any

from services.chassis.data.work import Work, Works
from services.logistics.contract import STOP_DISPATCH
from services.logistics.storage.locks import lock_order, lock_shipments_of_order
from services.logistics.storage.shipments import record_stop
from services.logistics.usecases.asking_back import cancel_pending, decide_with_carriers, require_here

Request = dict[str, Any]


def stop_dispatch(works: Works, request: Request) -> dict[str, Any]:
    """{"order_id", "shipments"}: how many shipments are stopped. Refuses shipment.already_handed_over.

    A carrier that cannot be asked is a fault: nothing is decided, and the same request may be sent again.
    """
    return decide_with_carriers(works, STOP_DISPATCH, _stop, request)


def _stop(work: Work, request: Request) -> dict[str, Any]:
    lock_order(work, request["order_id"])
    rows = lock_shipments_of_order(work, request["order_id"])
    require_here(rows)
    for row in rows:
        if row.status == "pending":
            cancel_pending(work, row)
    record_stop(work, request["order_id"], request["reason"])
    return {"order_id": request["order_id"], "shipments": len(rows)}
