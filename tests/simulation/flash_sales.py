"""A flash sale of a run: what its member may have of it, and what must be true of its tickets in the end."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.catalog.contract import OPEN_FLASH_SALE
from services.catalog.usecases.decide_flash_sales import open_flash_sale
from services.chassis.data.work import Works
from services.chassis.ids import derived_id
from services.chassis.refusal import Reply

QUOTA, PER_MEMBER, POINTS, TICKET_S = 3, 2, 300, 600
LASTS = timedelta(hours=2)
ONE_IN = 3
_SALE = sa.text("SELECT status, quota, units_left FROM flash_sale WHERE sale_id = :sale_id")
_TICKETS = sa.text("""
    SELECT ticket_id, state, ticket.order_id, ticket.changed_at < ticket.expires_at AS was_good,
           coalesce(reservation.status, 'none') AS reservation
    FROM flash_ticket ticket LEFT JOIN reservation USING (order_id) WHERE sale_id = :sale_id
""")


def has_one(run: str) -> bool:
    return run.startswith("seed-") and int(derived_id("fls", run)[-4:], 16) % ONE_IN == 0


def sale_of(run: str) -> str:
    """As the catalog names it."""
    return derived_id("fls", OPEN_FLASH_SALE.address, f"flash-{run}")


def price_of_sale(run: str) -> str:
    return derived_id("prc", sale_of(run))


def open_one(works: Works, run: str, sku_id: str) -> None:
    terms = {"quota": QUOTA, "per_member": PER_MEMBER, "ticket_s": TICKET_S, "points": POINTS}
    ends_at = (works.clock.now() + LASTS).isoformat()
    wish = {"request_id": f"flash-{run}", "sku_id": sku_id, "ends_at": ends_at, "reason": "simulated", **terms}
    works.once(OPEN_FLASH_SALE, open_flash_sale, OPEN_FLASH_SALE.load_request(wish))


def breaches_of_sale(catalog: Any, run: str, replies: list[Reply], orders: Mapping[str, Any]) -> Iterator[str]:
    """``catalog`` is its store, ``replies`` is what the member heard who asked for tickets; ``orders``: those that were
    placed with one, by id."""
    [sale] = catalog.ask(_SALE, sale_id=sale_of(run))
    tickets = catalog.ask(_TICKETS, sale_id=sale_of(run))
    spent = [row for row in tickets if row.state == "spent"]
    if sale.status != "ended" or sale.units_left + len(spent) != sale.quota:
        yield f"P4: of a flash sale of {sale.quota} {len(spent)} are sold, which leaves {sale}"
    if len(spent) > PER_MEMBER:
        yield f"P4: a member bought {len(spent)} in a flash where {PER_MEMBER} are allowed"
    if unknown := {reply["value"]["ticket_id"] for reply in replies if reply["ok"]} - {
        row.ticket_id for row in tickets
    }:
        yield f"P1: tickets that were given and are not there: {unknown}"
    confirmed = {order_id for order_id, order in orders.items() if order.confirmed}
    if {row.order_id for row in spent} != confirmed:
        yield f"P4: {confirmed} were confirmed, tickets are spent by {spent}"
    for row in tickets:
        if row.state == "live":
            yield f"P4: nobody has used {row.ticket_id}, and it never expired"
        if row.state == "returned" and row.order_id not in orders and row.reservation == "released" and row.was_good:
            yield f"P4: {row.ticket_id} is lost to its member, whose order was never placed"
