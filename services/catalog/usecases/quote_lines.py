"""What a basket costs now, for a member of a tier; what they have tickets of costs what its flash sale says."""

from collections.abc import Mapping
from typing import Any

from services.catalog.contract import TICKET_USED
from services.catalog.domain.flash_sales import SPENT, why_not_spent
from services.catalog.domain.prices import PriceTerm, member_of
from services.catalog.domain.quoting import quote
from services.catalog.storage.flash_tickets import find_tickets
from services.catalog.storage.offers import offers_of
from services.catalog.usecases.flash_steps import tickets_in
from services.chassis.data.work import Work


def quote_lines(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    offers = offers_of(work, [line["sku_id"] for line in request["lines"]])
    return quote(request["lines"], offers, member_of(request), _ticket_prices(work, request))


def _ticket_prices(work: Work, request: Mapping[str, Any]) -> dict[str, PriceTerm]:
    """By ticket. One that an order has spent is priced once more: that order may be asking again, and which order it is
    is looked at when stock is reserved."""
    tickets = tickets_in(request["lines"])
    found = find_tickets(work, [ticket_id for ticket_id, _ in tickets]) if tickets else {}
    for ticket_id, sku_id in tickets:
        ticket = found.get(ticket_id)
        refusal = why_not_spent(ticket, request["member_id"], sku_id, work.now)
        if refusal and not (ticket and refusal.code == TICKET_USED and ticket["state"] == SPENT):
            raise refusal
    names = ("price_id", "sku_id", "points", "cash_fen", "coins")
    return {ticket_id: PriceTerm(**{name: row[name] for name in names}) for ticket_id, row in found.items()}
