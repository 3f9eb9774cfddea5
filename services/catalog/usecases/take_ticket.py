"""A member takes a ticket of a flash sale: a piece that is theirs for a short time."""

from typing import Any

from services.catalog.contract import FLASH_MEMBER_CAP, FLASH_UNKNOWN, TAKE_TICKET
from services.catalog.domain.flash_sales import FlashSale, why_no_ticket
from services.catalog.storage.flash_sales import find_sale, offered_sales, take_one
from services.catalog.storage.flash_tickets import add_ticket, count_had, find_tickets, tickets_of_member
from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused

Request = dict[str, Any]


class NothingLeft(Exception):
    """Sold out for now. No refusal: those are remembered for good, and pieces come back."""


def take_ticket(work: Work, request: Request) -> Any:
    """Who is refused anyhow does not lock the sale; who locks it is looked at again, alone with it."""
    sale_id, member_id = request["sale_id"], request["member_id"]
    sale = _check(work, sale_id, member_id)
    if not sale.units_left:
        raise NothingLeft(sale_id)
    if take_one(work, sale_id) is None:  # others were faster, or it has just ended
        _check(work, sale_id, member_id)
        raise NothingLeft(sale_id)
    if count_had(work, sale_id, member_id) >= sale.per_member:
        raise Refused(FLASH_MEMBER_CAP, "as many as one member may have", sale_id=sale_id, per_member=sale.per_member)
    ticket_id = derived_id("tkt", TAKE_TICKET.address, request["request_id"])
    add_ticket(work, ticket_id, sale_id, member_id, sale.ticket_until(work.now))
    return find_tickets(work, [ticket_id])[ticket_id]


def list_tickets(work: Work, request: Request) -> dict[str, Any]:
    return {"tickets": tickets_of_member(work, request["sale_id"], request["member_id"])}


def list_flash_offers(work: Work, request: Request) -> dict[str, Any]:
    return {"now": work.now, "sales": offered_sales(work, request["limit"])}


def _check(work: Work, sale_id: str, member_id: str) -> FlashSale:
    """As it is now; refuses whoever may not have a ticket of it, whether any is left or not."""
    sale = find_sale(work, sale_id)
    if sale is None:
        raise Refused(FLASH_UNKNOWN, "there is no such sale", sale_id=sale_id)
    if refusal := why_no_ticket(sale, count_had(work, sale_id, member_id), work.now):
        raise refusal
    return sale
