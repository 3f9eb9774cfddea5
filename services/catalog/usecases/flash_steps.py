"""The steps of tickets: an order spends them, and gives them back when it comes to nothing. Each at most once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.catalog.contract import FLASH_MEMBER_CAP, FLASH_SOLD_OUT, TICKET_UNKNOWN
from services.catalog.domain.flash_sales import CANCELLED, OPEN, why_not_spent
from services.catalog.domain.reservations import Stage
from services.catalog.storage.flash_sales import give_back, locked_sales, take_one_late
from services.catalog.storage.flash_tickets import (
    count_had,
    find_tickets,
    return_ticket,
    revive_ticket,
    spend_ticket,
    spend_ticket_again,
    tickets_of_order,
)
from services.chassis.data.work import Work
from services.chassis.refusal import Refused

Pieces = dict[tuple[str, str], int]


def tickets_in(lines: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(ticket, SKU) of the lines that name a ticket, sorted."""
    return sorted((line["ticket_id"], line["sku_id"]) for line in lines if line.get("ticket_id"))


def sales_of_tickets(work: Work, tickets: Sequence[tuple[str, str]]) -> dict[str, str]:
    """SKUs by sale, of the tickets that there are."""
    return {row["sale_id"]: row["sku_id"] for row in find_tickets(work, [ticket for ticket, _ in tickets]).values()}


def spend_tickets(work: Work, order_id: str, member_id: str, tickets: Sequence[tuple[str, str]]) -> Pieces:
    """Pieces by (sale, SKU) that they stand for; refuses if one of them is not good."""
    for ticket_id, sku_id in tickets:
        if not spend_ticket(work, ticket_id, member_id, sku_id, order_id):
            found = find_tickets(work, [ticket_id]).get(ticket_id)
            refusal = why_not_spent(found, member_id, sku_id, work.now)
            raise refusal or Refused(TICKET_UNKNOWN, "no such ticket of this member for this SKU")
    return _pieces(tickets_of_order(work, order_id))


def spend_tickets_again(work: Work, order_id: str) -> Pieces:
    """Of a reservation that had timed out: as long as something is left of their sales."""
    tickets = tickets_of_order(work, order_id)
    sales = locked_sales(work, [row.sale_id for row in tickets]) if tickets else {}
    for row in tickets:
        if count_had(work, row.sale_id, row.member_id) >= sales[row.sale_id].per_member:
            raise Refused(FLASH_MEMBER_CAP, "the member took another one meanwhile", sale_id=row.sale_id)
        if not (take_one_late(work, row.sale_id) and spend_ticket_again(work, row.ticket_id)):
            raise Refused(FLASH_SOLD_OUT, "others took what was left", sale_id=row.sale_id)
    return _pieces(tickets)


def return_tickets(work: Work, order_id: str, stage: Stage) -> Pieces:
    """What an order gives up before it is confirmed can be had again: by its member if it could not even be placed and
    the ticket is good still, else by anybody. One that was confirmed keeps its tickets spent: else whoever cancels
    could take them again and again. Pieces by (sale, SKU) that are to be set aside again; those that nobody has a
    ticket for are not if their sale is over."""
    tickets = tickets_of_order(work, order_id) if stage != Stage.CONFIRMED else []
    if not tickets:
        return {}
    sales = locked_sales(work, [row.sale_id for row in tickets])
    good = [row for row in tickets if stage == Stage.TRIED and sales[row.sale_id].status != CANCELLED]
    revived = [row for row in good if revive_ticket(work, row.ticket_id)]
    back = _pieces(row for row in tickets if return_ticket(work, row.ticket_id))
    for (sale_id, _), pieces in back.items():
        give_back(work, sale_id, pieces)
    on_sale = {key: pieces for key, pieces in back.items() if sales[key[0]].status == OPEN}
    return Counter(_pieces(revived)) + Counter(on_sale)


def _pieces(tickets: Iterable[Any]) -> Pieces:
    return dict(Counter((row.sale_id, row.sku_id) for row in tickets))
