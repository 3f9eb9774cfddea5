"""What is decided about parcels before pick-up: their carriers are asked first, outside of any transaction, to give
back what is booked; one that has picked a parcel up has the last word."""

from collections.abc import Callable, Sequence
from typing import Any

from services.chassis.contract import Command
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.logistics.adapters.registry import proxy_of
from services.logistics.contract import HANDED_OVER
from services.logistics.domain.answers_of_carriers import CarrierUnavailable
from services.logistics.domain.shipping_states import BEFORE_PICK_UP
from services.logistics.storage.carriers import known_carrier
from services.logistics.storage.locks import lock_shipment
from services.logistics.storage.shipments import change_status, set_values
from services.logistics.usecases.resume_dispatch import resume_dispatch

ROUNDS = 5  # each round asks about what was booked while the one before was asking
Request = dict[str, Any]
Decide = Callable[[Work, Request], dict[str, Any]]


class CarriersMustAgree(Exception):
    """Some parcels are booked; nothing is changed before their carriers gave them back."""

    def __init__(self, rows: Sequence[Any]) -> None:
        super().__init__(f"{len(rows)} booked")
        self.rows = rows


class PickedUp(Exception):
    """A carrier has a parcel already."""


def decide_with_carriers(works: Works, command: Command, decide: Decide, request: Request) -> dict[str, Any]:
    """The answer of ``decide``, once for each request. Refuses shipment.already_handed_over, and then sends again what
    was given back. A carrier that cannot be asked is a fault: nothing is decided."""
    for _ in range(ROUNDS):
        try:
            return works.once(command, decide, request)
        except CarriersMustAgree as booked:
            for row in booked.rows:
                _ask_to_give_back(works, row)
        except PickedUp:
            works.run(resume_dispatch, request)
            return works.once(command, _refuse, request)
    raise CarrierUnavailable("the parcels were booked faster than they could be given back")


def require_here(rows: Sequence[Any]) -> None:
    """Of locked shipments: none is with a carrier, or booked."""
    if any(_is_handed_over(row) for row in rows):
        raise PickedUp(rows[0].order_id)
    if booked := [row for row in rows if row.status == "dispatched"]:
        raise CarriersMustAgree(booked)


def cancel_pending(work: Work, row: Any) -> Any:
    """An attempt under way, or one without an answer, may have booked: that is undone at once."""
    return change_status(work, row, "cancel", undo_due_at=work.now if row.may_be_booked else None)


def _is_handed_over(row: Any) -> bool:
    return row.status not in BEFORE_PICK_UP or (row.handed_over_at is not None and row.status != "cancelled")


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
