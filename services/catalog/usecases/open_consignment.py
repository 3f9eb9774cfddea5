"""Units shall come to a place: from a supplier, from another place, over the counter of a hall."""

from typing import Any

from services.catalog.contract import CONSIGNMENT_LINES_WRONG, HALL, HAND_OVER, INBOUND, OPEN_CONSIGNMENT, WAREHOUSE
from services.catalog.domain.consignments import REQUESTED, Line, check_lines
from services.catalog.storage.consignments import carried_among, show_consignment, write_consignment
from services.catalog.usecases.set_place_state import known_place, open_place
from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused


def open_consignment(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Consignment. Nothing moves yet, and nothing is kept for it."""
    lines = [Line(**line) for line in request["lines"]]
    check_lines(lines, carried_among(work, [line.element_id for line in lines]), request["kind"])
    _check_ends(work, request["kind"], request["from_place"], request["to_place"])
    consignment_id = derived_id("csg", OPEN_CONSIGNMENT.address, request["request_id"])
    row = {name: request[name] for name in ("kind", "from_place", "to_place", "reason")}
    write_consignment(work, {"consignment_id": consignment_id, "status": REQUESTED, **row}, lines)
    return show_consignment(work, consignment_id)


def _check_ends(work: Work, kind: str, from_place: str | None, to_place: str) -> None:
    to = open_place(work, to_place)
    if (kind == INBOUND) != (from_place is None) or from_place == to_place:
        raise Refused(CONSIGNMENT_LINES_WRONG, "what comes from a place names another place, and nothing else does")
    kinds = from_place and known_place(work, from_place)["kind"], to["kind"]
    if kind == HAND_OVER and kinds != (WAREHOUSE, HALL):
        raise Refused(CONSIGNMENT_LINES_WRONG, "a warehouse hands over to a hall", kinds=list(kinds))
