"""Stock that is damaged, stolen or expired leaves the books, with a second person if it is much."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.catalog.contract import (
    GOODS_UNKNOWN,
    STOCK_NOT_CARRIED,
    STOCK_NOT_FREE,
    WRITE_OFF_DECIDED_BEFORE,
    WRITE_OFF_OF_ONESELF,
    WRITE_OFF_STOCK,
    WRITE_OFF_UNKNOWN,
)
from services.catalog.domain.parcels import Portion
from services.catalog.domain.write_offs import WRITE_OFF
from services.catalog.storage import write_offs
from services.catalog.storage.consignments import carried_among
from services.catalog.storage.count_policies import most_units_alone
from services.catalog.storage.levels import Cause, move_units
from services.catalog.storage.locks import lock_levels, lock_write_off
from services.catalog.storage.write_offs import change, show_write_off, units_alone
from services.catalog.usecases.set_place_state import known_place
from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.persons import is_same_person
from services.chassis.refusal import Refused

Request = dict[str, Any]
# Much in many small pieces is much: what one person did alone within a day counts together.
A_DAY = timedelta(days=1)


def write_off_stock(work: Work, request: Request) -> dict[str, Any]:
    """The contract's WriteOff: posted, or requested if somebody else has to approve it. What waits keeps nothing
    from being sold."""
    element_id, place_id = request["element_id"], request["place_id"]
    known_place(work, place_id)
    _insist_on_carried(work, element_id)
    _insist_on_free(work, request)
    write_off_id = derived_id("wof", WRITE_OFF_STOCK.address, request["request_id"])
    told = {name: request[name] for name in ("element_id", "place_id", "quantity", "cause", "reason")}
    write_offs.write(work, {"write_off_id": write_off_id, **told})
    if request["quantity"] + units_alone(work, element_id, place_id, A_DAY) <= most_units_alone(work):
        _post(work, show_write_off(work, write_off_id), "post", request["reason"])
    return show_write_off(work, write_off_id)


def approve_write_off(work: Work, request: Request) -> dict[str, Any]:
    """By somebody else than who asked for it."""
    write_off = _locked(work, request, "approve")
    if is_same_person(work.context.actor, write_off["asked_by"]):
        raise Refused(WRITE_OFF_OF_ONESELF, "somebody else has to approve it")
    _insist_on_free(work, write_off)
    _post(work, write_off, "approve", "approved", decided_by=work.context.actor)
    return show_write_off(work, write_off["write_off_id"])


def reject_write_off(work: Work, request: Request) -> dict[str, Any]:
    """Also by whoever asked for it: who thinks better of it."""
    write_off = _locked(work, request, "reject")
    change(work, write_off, "reject", request["reason"], work.context.actor)
    return show_write_off(work, write_off["write_off_id"])


def list_write_offs(work: Work, request: Request) -> dict[str, Any]:
    return {"write_offs": write_offs.list_write_offs(work, request)}


def _locked(work: Work, request: Request, event: str) -> dict[str, Any]:
    if not lock_write_off(work, request["write_off_id"]):
        raise Refused(WRITE_OFF_UNKNOWN, "there is no such write-off")
    write_off = show_write_off(work, request["write_off_id"])
    if not WRITE_OFF.allows(write_off["status"], event):
        raise Refused(WRITE_OFF_DECIDED_BEFORE, "it is decided already", status=write_off["status"])
    return write_off


def _insist_on_carried(work: Work, element_id: str) -> None:
    """A code that is void is its partner's affair, and never goes back among the free ones: it is no unit to count."""
    carried = carried_among(work, [element_id])
    if not carried:
        raise Refused(GOODS_UNKNOWN, "no such element", element_ids=[element_id])
    if not carried[element_id]:
        raise Refused(STOCK_NOT_CARRIED, "what comes by code lies nowhere", element_ids=[element_id])


def _insist_on_free(work: Work, wanted: Mapping[str, Any]) -> None:
    """What is promised cannot be written off. The levels of the element stay locked."""
    levels = lock_levels(work, [wanted["element_id"]])
    free = sum(level.free for level in levels if level.place_id == wanted["place_id"])
    if wanted["quantity"] > free:
        shortage = {"element_id": wanted["element_id"], "wanted": wanted["quantity"], "available": free}
        raise Refused(STOCK_NOT_FREE, "not so much is free there", shortages=[shortage])


def _post(work: Work, write_off: Mapping[str, Any], event: str, because: str, decided_by: str | None = None) -> None:
    write_off_id = write_off["write_off_id"]
    cause = Cause("written_off", -1, write_off["cause"], write_off_id, document_id=write_off_id)
    move_units(work, [Portion(write_off["element_id"], write_off["place_id"], write_off["quantity"])], cause)
    change(work, write_off, event, because, decided_by)
