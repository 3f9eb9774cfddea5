"""Promise the units of an order until it is paid or times out."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.catalog.contract import RELEASED_BEFORE
from services.catalog.domain.composition import WantedPart, compositions_in, merged, parts_wanted, pieces_by_sku
from services.catalog.domain.flash_sales import SPENT
from services.catalog.domain.parcels import Portion
from services.catalog.domain.presales import pieces_by_presale
from services.catalog.domain.reservations import KEPT
from services.catalog.storage.compositions import compositions_of
from services.catalog.storage.flash_tickets import tickets_of_order
from services.catalog.storage.presales import pieces_of_presales
from services.catalog.storage.reservations import find_reservation, freeze_parts, lines_of, open_reservation, parts_of
from services.catalog.usecases.flash_steps import sales_of_tickets, spend_tickets, tickets_in
from services.catalog.usecases.limiting import take_of_limits
from services.catalog.usecases.presale_steps import hold_of_presales
from services.catalog.usecases.reservation_steps import hold
from services.catalog.usecases.serving_places import destination_of
from services.catalog.usecases.set_aside import compositions_of_sales
from services.chassis.data.work import Work
from services.chassis.refusal import KEY_REUSED, Refused


def reserve_stock(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """All lines or none; an order that has a reservation keeps it, whatever request id asks again. What is to come is
    taken out of the quotas of its pre-sales, and no stock is touched; tickets of flash sales are spent with it."""
    tickets = tickets_in(request["lines"])
    order_id, pieces, of_presales = request["order_id"], merged(request["lines"]), pieces_by_presale(request["lines"])
    expires_at = work.now + timedelta(seconds=request["expires_in_s"])
    to = destination_of(work, request)
    if not open_reservation(work, order_id, expires_at, to, is_presale=bool(of_presales)):
        return _as_reserved_before(work, order_id, pieces, [*(name for name, _ in of_presales), *dict(tickets)])
    parts = _parts_wanted(work, pieces, tickets)
    freeze_parts(work, order_id, parts)
    if not request.get("is_replacement"):
        take_of_limits(work, order_id, request.get("member_id"), parts)
    if of_presales:
        hold_of_presales(work, order_id, of_presales)
        return _reserved(order_id, expires_at, parts, [])
    sold = spend_tickets(work, order_id, request["member_id"], tickets) if tickets else {}
    return _reserved(order_id, expires_at, parts, hold(work, order_id, parts, to, sold))


def _parts_wanted(work: Work, pieces: Mapping[str, int], tickets: Sequence[tuple[str, str]]) -> list[WantedPart]:
    """Composed as they are now; what flash sales have set aside as it was then."""
    set_aside = compositions_of_sales(work, sales_of_tickets(work, tickets))
    return parts_wanted(pieces, {**compositions_of(work, pieces), **set_aside})


def _as_reserved_before(
    work: Work, order_id: str, pieces: Mapping[str, int], taken_of: Sequence[str]
) -> dict[str, Any]:
    """With the composition of then, if it has changed meanwhile. ``taken_of``: pre-sales and tickets."""
    earlier, parts = find_reservation(work, order_id), parts_of(work, order_id)
    if earlier is None or earlier.status not in KEPT:
        raise Refused(RELEASED_BEFORE, "the stock of this order was given up before")
    if pieces_by_sku(parts) != pieces or _taken_of(work, order_id) != set(taken_of):
        raise Refused(KEY_REUSED, "this order has a reservation of other lines")
    return _reserved(order_id, earlier.expires_at, parts, lines_of(work, order_id))


def _taken_of(work: Work, order_id: str) -> set[str]:
    tickets = {row.ticket_id for row in tickets_of_order(work, order_id) if row.state == SPENT}
    return tickets | set(pieces_of_presales(work, order_id))


def _reserved(
    order_id: str, expires_at: datetime, parts: Sequence[WantedPart], portions: Sequence[Portion]
) -> dict[str, Any]:
    lines = [
        {"sku_id": sku_id, "parts": [vars(part) for part in composed]}
        for sku_id, composed in compositions_in(parts).items()
    ]
    sources = [vars(portion) for portion in portions]
    return {"order_id": order_id, "expires_at": expires_at, "lines": lines, "sources": sources}
