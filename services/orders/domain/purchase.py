"""Making a purchase out of a request and the quote of its basket: an order for each merchant, and of theirs for what is
sent now and what is to come. Pure."""

from collections.abc import Mapping
from typing import Any

from services.chassis.ids import derived_id
from services.chassis.money import split_by_weight
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.placing import Draft, draft_order, order_id_of, require_agreement
from services.orders.domain.split import UNITS
from services.orders.domain.variants import variant_of_line

Quote = dict[str, Any]
OrderKey = tuple[str, str]


def draft_purchase(request: dict[str, Any], quote: Quote) -> list[Draft]:
    """The orders that the buyer agreed to, by their ids; raises Refused when what they agreed to is not what is
    sold."""
    require_agreement(request, quote)
    quotes = quotes_by_order(quote)
    drafts = [draft_order(request, part, _order_id(request, key, len(quotes))) for key, part in quotes.items()]
    _require_one_to_approve(drafts)
    return sorted(drafts, key=lambda draft: draft.order_id)


def _require_one_to_approve(drafts: list[Draft]) -> None:
    """A purchase is paid at once and closes as a whole: what waits for an approval would hold up the rest."""
    if len(drafts) > 1 and any(draft.is_approved_first for draft in drafts):
        raise Refused(contract.COMBINATION_NOT_OFFERED, "a bulk order is placed alone", variants=[contract.BULK])


def quotes_by_order(quote: Quote) -> dict[OrderKey, Quote]:
    """By what makes them an order what the basket's quote says of such lines. The parts sum to the whole exactly."""
    grouped: dict[OrderKey, list[int]] = {}
    for place, line in enumerate(quote["lines"]):
        grouped.setdefault(order_key(line), []).append(place)
    shares = {unit: _shares(quote, unit) for unit in UNITS.values()}
    return {
        key: {
            **quote,
            "lines": [quote["lines"][place] for place in places],
            **{unit: sum(shares[unit][place] for place in places) for unit in shares},
        }
        for key, places in grouped.items()
    }


def order_key(line: Mapping[str, Any]) -> OrderKey:
    """Lines with the same key become one order: whose goods they are, and by which variant of flows they come."""
    return line["merchant_id"], variant_of_line(line)


def _order_id(request: dict[str, Any], key: OrderKey, orders: int) -> str:
    """An order alone is named by its request; of several each by what makes it one, too."""
    return order_id_of(request) if orders == 1 else derived_id("ord", request["member_id"], request["request_id"], *key)


def _shares(quote: Quote, unit: str) -> list[int]:
    return split_by_weight(quote.get(unit, 0), [line.get(unit, 0) for line in quote["lines"]])
