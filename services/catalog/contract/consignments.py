"""Units on their way to a place: from a supplier, from another place, over the counter of a hall."""

from services.catalog.contract.vocabulary import (
    CODES_OF_PARTNER,
    CONSIGNMENT_LINES_WRONG,
    CONSIGNMENT_NOT_OPEN,
    CONSIGNMENT_UNKNOWN,
    CONSIGNMENTS,
    PLACE_CLOSED,
    PLACE_UNKNOWN,
    SERVICE,
    STOCK_NOT_FREE,
)
from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, flag, identifier, instant, integer, listed, text

CONSIGNMENT_STATES = ("requested", "in_transit", "received", "cancelled")
LARGEST_CONSIGNMENT = 200  # lines


class ConsignedUnits(Request):
    element_id = identifier("elm")
    quantity = integer(1, 1_000_000)


class ConsignmentWish(Request):
    """``inbound`` comes from a supplier and has no ``from_place``; a ``transfer`` is on its way between two places;
    ``hand_over``: a warehouse gives to a hall at one counter. One line an element."""

    kind = choice(*CONSIGNMENTS)
    from_place = identifier("whs", allow_none=True)
    to_place = identifier("whs")
    lines = listed(ConsignedUnits, shortest=1, longest=LARGEST_CONSIGNMENT)
    reason = text(200)


class OpenConsignment(ConsignmentWish):
    request_id = text(80)


class OfConsignment(Request):
    request_id = text(80)
    consignment_id = identifier("csg")


class ReceivedUnits(Request):
    """What arrived, in part or in whole. The last receipt gives up what is missing: of a transfer it is lost."""

    lines = listed(ConsignedUnits, longest=LARGEST_CONSIGNMENT)
    is_last = flag()
    reason = text(200)


class ReceiveConsignment(ReceivedUnits):
    request_id = text(80)
    consignment_id = identifier("csg")


class CancelConsignment(OfConsignment):
    reason = text(200)


class ConsignmentLine(Record):
    element_id = identifier("elm")
    quantity = integer(1)
    arrived = integer()
    lost = integer()


class Consignment(Record):
    consignment_id = identifier("csg")
    kind = choice(*CONSIGNMENTS)
    status = choice(*CONSIGNMENT_STATES)
    from_place = identifier("whs", allow_none=True)
    to_place = identifier("whs")
    lines = listed(ConsignmentLine, shortest=1, longest=LARGEST_CONSIGNMENT)
    reason = text(200)
    opened_by = text(80)
    opened_at = instant()
    changed_by = text(80)
    changed_at = instant()
    changed_because = text(200)


class ListConsignments(Request):
    """Newest first; ``place_id`` is on either side."""

    status = choice(*CONSIGNMENT_STATES, allow_none=True)
    place_id = identifier("whs", allow_none=True)
    limit = integer(1, 100, load_default=20)


class Consignments(Record):
    consignments = listed(Consignment)


_ON_ITS_WAY = (CONSIGNMENT_UNKNOWN, CONSIGNMENT_NOT_OPEN)
OPEN_CONSIGNMENT = Command(
    SERVICE,
    "open_consignment",
    OpenConsignment,
    Consignment,
    refuses=(PLACE_UNKNOWN, PLACE_CLOSED, CONSIGNMENT_LINES_WRONG),
)
DISPATCH_CONSIGNMENT = Command(
    SERVICE, "dispatch_consignment", OfConsignment, Consignment, refuses=(*_ON_ITS_WAY, STOCK_NOT_FREE)
)
RECEIVE_CONSIGNMENT = Command(
    SERVICE,
    "receive_consignment",
    ReceiveConsignment,
    Consignment,
    refuses=(*_ON_ITS_WAY, CONSIGNMENT_LINES_WRONG, STOCK_NOT_FREE, CODES_OF_PARTNER),
)
CANCEL_CONSIGNMENT = Command(SERVICE, "cancel_consignment", CancelConsignment, Consignment, refuses=_ON_ITS_WAY)
LIST_CONSIGNMENTS = Query(SERVICE, "list_consignments", ListConsignments, Consignments)
