"""An order is confirmed: its units leave the stock and its codes go to the member. Never silently short."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from services.catalog.contract import CODE
from services.catalog.domain.codes import RandomBytes
from services.catalog.domain.composition import Part, WantedPart, compositions_in, merged, parts_wanted
from services.catalog.domain.places import Destination
from services.catalog.domain.reservations import COMMITTED, EXPIRED, PROMISED, RELEASED, WAITING
from services.catalog.storage.compositions import compositions_of
from services.catalog.storage.limits import forget_uses
from services.catalog.storage.locks import lock_reservation
from services.catalog.storage.presales import pieces_of_presales
from services.catalog.storage.reservations import (
    destination_of,
    forget_lines,
    freeze_parts,
    move,
    open_reservation,
    parts_of,
)
from services.catalog.usecases.flash_steps import spend_tickets_again
from services.catalog.usecases.limiting import take_of_limits
from services.catalog.usecases.presale_steps import hold_of_presales_again
from services.catalog.usecases.reservation_steps import commit_held, hand_over_codes, hold
from services.catalog.usecases.waiting import tell_prepared
from services.chassis.data.work import ReceivedEvent, Work
from services.chassis.refusal import Refused

SOLD = (PROMISED, WAITING, COMMITTED)
log = structlog.get_logger(__name__)


class ConfirmedOrderUnserved(RuntimeError):
    """A confirmed order cannot get what it was promised: the event is retried, then parked for a person."""


def commit_confirmed_order(work: Work, event: ReceivedEvent, random_bytes: RandomBytes = secrets.token_bytes) -> None:
    """A reservation that timed out meanwhile is taken again if the stock is there; of an ended order nothing is.
    ``random_bytes`` makes the code of what is picked up."""
    order_id = event.data["order_id"]
    status, never_reserved = _locked(work, event.data)
    if status == RELEASED:
        log.info("confirmation_ignored", order_id=order_id, why="the order has ended")
        return
    try:
        sold = _hold_what_was_sold(work, event.data, never_reserved, status)
    except Refused as refusal:
        raise ConfirmedOrderUnserved(f"{order_id}: {refusal.code} {refusal.details}") from refusal
    if status not in SOLD:
        status = commit_held(work, order_id, sold)
    if any(part.delivery == CODE for part in sold):
        hand_over_codes(work, order_id, event.data["member_id"])
    if status == WAITING:
        tell_prepared(work, order_id, event.data["member_id"], random_bytes)


def _locked(work: Work, order: Mapping[str, Any]) -> tuple[str | None, bool]:
    """The status of its reservation, and whether there was none until now."""
    status = lock_reservation(work, order["order_id"])
    if status is not None:
        return status, False
    is_new = open_reservation(work, order["order_id"], expires_at=work.now, to=_destination_of(order))
    return lock_reservation(work, order["order_id"]), is_new


def _hold_what_was_sold(
    work: Work, order: Mapping[str, Any], never_reserved: bool, status: str | None
) -> list[WantedPart]:
    """Afterwards exactly what the order sold is held, or committed already: these parts."""
    order_id, reserved = order["order_id"], parts_of(work, order["order_id"])
    sold = _sold(work, order["lines"], reserved)
    if never_reserved:
        if order["waits_for_goods"]:
            raise ConfirmedOrderUnserved(f"{order_id} waits for goods of a pre-sale that it took nothing of")
        freeze_parts(work, order_id, sold)
    elif reserved != sold:
        raise ConfirmedOrderUnserved(f"{order_id} is confirmed with other lines than were reserved")
    if status == EXPIRED:
        move(work, order_id, "revive")
        forget_lines(work, order_id)
        forget_uses(work, order_id)
    if never_reserved or status == EXPIRED:
        take_of_limits(work, order_id, order["member_id"], sold)
        _hold_late(work, order_id, sold)
    return sold


def _hold_late(work: Work, order_id: str, sold: Sequence[WantedPart]) -> None:
    if pieces_of_presales(work, order_id):
        hold_of_presales_again(work, order_id)
    else:
        hold(work, order_id, sold, destination_of(work, order_id), spend_tickets_again(work, order_id))


def _destination_of(order: Mapping[str, Any]) -> Destination:
    """Of an order that reserved nothing, as it says itself."""
    address, hall = order["delivery_address"] or {}, order["pick_up_at"]
    return Destination(address.get("province"), address.get("city"), hall, hall is not None)


def _sold(work: Work, lines: Sequence[Mapping[str, Any]], reserved: Sequence[WantedPart]) -> list[WantedPart]:
    """As the order says; lines of old, which name no parts, mean what was reserved, or else what their SKUs are now."""
    pieces = merged(lines)
    known = compositions_in(reserved) if reserved else compositions_of(work, pieces)
    told = {line["sku_id"]: [Part(**part) for part in line["parts"]] for line in lines if line["parts"]}
    return parts_wanted(pieces, {**known, **told})
