"""An order is cancelled: its parcels are stopped before pick-up, or the stop is refused and all go on.

What is not booked is cancelled at once; for what is booked the carrier is asked first, outside of any transaction.
A stop of an order not yet known is kept, and its order.confirmed then ships nothing.
"""

from collections.abc import Sequence
from typing import Any

from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.logistics.adapters.registry import proxy_of
from services.logistics.contract import HANDED_OVER, STOP_DISPATCH
from services.logistics.domain.answers_of_carriers import CarrierUnavailable
from services.logistics.domain.shipping_states import BEFORE_PICK_UP
from services.logistics.storage.carriers import known_carrier
from services.logistics.storage.locks import lock_order, lock_shipment, lock_shipments_of_order
from services.logistics.storage.shipments import change_status, record_stop, set_values
from services.logistics.usecases.resume_dispatch import resume_dispatch

ROUNDS = 5  # each round asks about what was booked while the one before was asking
Request = dict[str, Any]


class CarriersMustAgree(Exception):
    """Some parcels are booked; nothing is changed before their carriers gave them back."""

    def __init__(self, rows: Sequence[Any]) -> None:
        super().__init__(f"{len(rows)} booked")
        self.rows = rows


class PickedUp(Exception):
    """A carrier has a parcel already."""


def stop_dispatch(works: Works, request: Request) -> dict[str, Any]:
    """{"order_id", "shipments"}: how many shipments are stopped. Refuses shipment.already_handed_over.

    A carrier that cannot be asked is a fault: nothing is decided, and the same request may be sent again.
    """
    for _ in range(ROUNDS):
        try:
            return works.once(STOP_DISPATCH, _stop, request)
        except CarriersMustAgree as booked:
            for row in booked.rows:
                _ask_to_give_back(works, row)
        except PickedUp:
            works.run(resume_dispatch, request)
            return works.once(STOP_DISPATCH, _refuse, request)
    raise CarrierUnavailable("the parcels were booked faster than they could be given back")


def _stop(work: Work, request: Request) -> dict[str, Any]:
    lock_order(work, request["order_id"])
    rows = lock_shipments_of_order(work, request["order_id"])
    if any(_is_handed_over(row) for row in rows):
        raise PickedUp(request["order_id"])
    if booked := [row for row in rows if row.status == "dispatched"]:
        raise CarriersMustAgree(booked)
    for row in rows:
        if row.status == "pending":
            _cancel_pending(work, row)
    record_stop(work, request["order_id"], request["reason"])
    return {"order_id": request["order_id"], "shipments": len(rows)}


def _is_handed_over(row: Any) -> bool:
    return row.status not in BEFORE_PICK_UP or (row.handed_over_at is not None and row.status != "cancelled")


def _cancel_pending(work: Work, row: Any) -> None:
    """An attempt under way, or one without an answer, may have booked: that is undone at once."""
    change_status(work, row, "cancel", undo_due_at=work.now if row.may_be_booked else None)


def _ask_to_give_back(works: Works, row: Any) -> None:
    with works.begin() as work:
        carrier = known_carrier(work, row.carrier)
    given_back = proxy_of(carrier, works.settings, works.clock.now()).cancel(row.waybill_no)
    with works.begin() as work:
        current = lock_shipment(work, row.id)
        if not given_back:
            set_values(work, row.id, handed_over_at=work.now)
        elif current.status == "dispatched":
            change_status(work, current, "cancel")


def _refuse(work: Work, request: Request) -> dict[str, Any]:
    raise Refused(HANDED_OVER, "a carrier has picked up a parcel of this order", order_id=request["order_id"])
