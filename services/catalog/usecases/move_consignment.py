"""A consignment leaves, arrives, or comes to nothing. Whoever is late finds it as the other left it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from services.catalog.contract import CONSIGNMENT_NOT_OPEN, CONSIGNMENT_UNKNOWN, HAND_OVER, INBOUND, STOCK_NOT_FREE
from services.catalog.domain.codes import RandomBytes
from services.catalog.domain.consignments import IN_TRANSIT, Line, Receipt, receive
from services.catalog.domain.parcels import Portion
from services.catalog.storage.consignments import (
    Consignment,
    change,
    count_arrival,
    read_consignment,
    show_consignment,
)
from services.catalog.storage.levels import Cause, move_units, open_levels
from services.catalog.storage.locks import lock_consignment, lock_levels
from services.catalog.usecases.stock_arrival import take_in
from services.chassis.data.work import Work
from services.chassis.refusal import Refused

Request = dict[str, Any]
Units = Mapping[str, int]


def dispatch_consignment(work: Work, request: Request) -> dict[str, Any]:
    """Its units leave their place, where they must be free."""
    consignment = _locked(work, request, "dispatch")
    units = {line.element_id: line.quantity for line in consignment.lines}
    _insist_on_free(work, consignment, units)
    _move(work, request, consignment, "transfer_out", -1, consignment.from_place, units)
    change(work, consignment, "dispatch", "dispatched")
    return show_consignment(work, consignment.consignment_id)


def receive_consignment(work: Work, request: Request, random_bytes: RandomBytes) -> dict[str, Any]:
    """What arrived can be promised from now on. The last receipt gives up the rest; of a transfer that is a loss."""
    consignment = _locked(work, request, "receive")
    came = [Line(**line) for line in request["lines"]]
    receipt = receive(consignment.lines, came, request["is_last"])
    if consignment.kind == INBOUND:
        key = f"receive_consignment {request['request_id']}"
        cause = Cause("received", +1, request["reason"], key, document_id=consignment.consignment_id)
        take_in(work, consignment.to_place, receipt.arrived, cause, random_bytes)
    elif consignment.kind == HAND_OVER:
        _hand_over(work, request, consignment, receipt)
    else:
        _take_off_the_way(work, request, consignment, receipt)
    count_arrival(work, consignment.consignment_id, receipt.arrived, receipt.lost)
    if receipt.is_complete:
        change(work, consignment, "receive", request["reason"])
    return show_consignment(work, consignment.consignment_id)


def cancel_consignment(work: Work, request: Request) -> dict[str, Any]:
    """What has not arrived of it does not come any more; what is on its way goes back to where it left."""
    consignment = _locked(work, request, "cancel")
    if consignment.status == IN_TRANSIT:
        back = {line.element_id: line.missing for line in consignment.lines if line.missing}
        lock_levels(work, back)
        _move(work, request, consignment, "transfer_in", +1, consignment.from_place, back)
    change(work, consignment, "cancel", request["reason"])
    return show_consignment(work, consignment.consignment_id)


def _locked(work: Work, request: Request, event: str) -> Consignment:
    """One that ``event`` may happen to now."""
    if not lock_consignment(work, request["consignment_id"]):
        raise Refused(CONSIGNMENT_UNKNOWN, "there is no such consignment")
    consignment = read_consignment(work, request["consignment_id"])
    if not consignment.allows(event):
        raise Refused(CONSIGNMENT_NOT_OPEN, f"it cannot {event} any more, or not yet", status=consignment.status)
    return consignment


def _hand_over(work: Work, request: Request, consignment: Consignment, receipt: Receipt) -> None:
    open_levels(work, list(receipt.arrived), consignment.to_place)
    _insist_on_free(work, consignment, receipt.arrived)
    move = partial(_move, work, request, consignment, "handed_over")
    move(-1, consignment.from_place, receipt.arrived)
    move(+1, consignment.to_place, receipt.arrived)


def _take_off_the_way(work: Work, request: Request, consignment: Consignment, receipt: Receipt) -> None:
    """What is lost came off the way, too, and is written off where it should have come to."""
    elements = sorted({*receipt.arrived, *receipt.lost})
    gone = {one: receipt.arrived.get(one, 0) + receipt.lost.get(one, 0) for one in elements}
    open_levels(work, elements, consignment.to_place)
    lock_levels(work, elements)
    _move(work, request, consignment, "transfer_in", +1, consignment.to_place, gone)
    _move(work, request, consignment, "lost", -1, consignment.to_place, receipt.lost)


def _insist_on_free(work: Work, consignment: Consignment, units: Units) -> None:
    levels = lock_levels(work, units)
    free = {level.element_id: level.free for level in levels if level.place_id == consignment.from_place}
    lacking = [
        {"element_id": one, "wanted": wanted, "available": free.get(one, 0)}
        for one, wanted in units.items()
        if wanted > free.get(one, 0)
    ]
    if lacking:
        raise Refused(STOCK_NOT_FREE, "not so much is free there", shortages=lacking)


def _move(
    work: Work, request: Request, consignment: Consignment, kind: str, sign: int, place_id: str | None, units: Units
) -> None:
    if place_id is None:
        raise RuntimeError(f"{consignment.consignment_id} comes from no place")
    key, reason = f"consignment {request['request_id']}", request.get("reason", kind)
    cause = Cause(kind, sign, reason, key, document_id=consignment.consignment_id)
    move_units(work, [Portion(one, place_id, quantity) for one, quantity in units.items()], cause)
