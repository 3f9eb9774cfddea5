"""Stock that is no good any more, or not there: written off with a cause, by two persons if it is much."""

from services.catalog.contract.vocabulary import (
    GOODS_UNKNOWN,
    PLACE_UNKNOWN,
    SERVICE,
    STOCK_NOT_CARRIED,
    STOCK_NOT_FREE,
    WRITE_OFF_DECIDED_BEFORE,
    WRITE_OFF_OF_ONESELF,
    WRITE_OFF_UNKNOWN,
)
from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, text

WRITE_OFF_STATES = ("requested", "posted", "rejected")
WRITE_OFF_CAUSES = ("damaged", "stolen", "expired")


class WriteOffWish(Request):
    """Units that lie free at a place. What one person writes off there within a day, up to the units of the count
    policy, is posted at once; more waits for somebody else."""

    element_id = identifier("elm")
    place_id = identifier("whs")
    quantity = integer(1, 1_000_000)
    cause = choice(*WRITE_OFF_CAUSES)
    reason = text(200)


class WriteOffStock(WriteOffWish):
    request_id = text(80)


class OfWriteOff(Request):
    request_id = text(80)
    write_off_id = identifier("wof")


class RejectWriteOff(OfWriteOff):
    reason = text(200)


class WriteOff(Record):
    """``decided_by`` is null as long as nobody else has said yes or no, and of what was posted at once."""

    write_off_id = identifier("wof")
    element_id = identifier("elm")
    place_id = identifier("whs")
    quantity = integer(1)
    cause = choice(*WRITE_OFF_CAUSES)
    status = choice(*WRITE_OFF_STATES)
    reason = text(200)
    asked_by = text(80)
    asked_at = instant()
    decided_by = text(80, allow_none=True)
    changed_at = instant()
    changed_because = text(200)


class ListWriteOffs(Request):
    """Newest first."""

    status = choice(*WRITE_OFF_STATES, allow_none=True)
    place_id = identifier("whs", allow_none=True)
    limit = integer(1, 100, load_default=20)


class WriteOffs(Record):
    write_offs = listed(WriteOff)


_OF_ONE = (WRITE_OFF_UNKNOWN, WRITE_OFF_DECIDED_BEFORE)
WRITE_OFF_STOCK = Command(
    SERVICE,
    "write_off_stock",
    WriteOffStock,
    WriteOff,
    refuses=(GOODS_UNKNOWN, PLACE_UNKNOWN, STOCK_NOT_CARRIED, STOCK_NOT_FREE),
)
APPROVE_WRITE_OFF = Command(
    SERVICE, "approve_write_off", OfWriteOff, WriteOff, refuses=(*_OF_ONE, WRITE_OFF_OF_ONESELF, STOCK_NOT_FREE)
)
REJECT_WRITE_OFF = Command(SERVICE, "reject_write_off", RejectWriteOff, WriteOff, refuses=_OF_ONE)
LIST_WRITE_OFFS = Query(SERVICE, "list_write_offs", ListWriteOffs, WriteOffs)
