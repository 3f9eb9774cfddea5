"""Making a purchase out of a request and the quote of its basket: an order for each merchant. Pure."""

from collections.abc import Mapping
from typing import Any

from services.chassis.ids import derived_id
from services.chassis.money import split_by_weight
from services.orders.domain.placing import Draft, draft_order, order_id_of, require_agreement
from services.orders.domain.split import UNITS

Quote = dict[str, Any]


def draft_purchase(request: dict[str, Any], quote: Quote) -> list[Draft]:
    """The orders that the buyer agreed to, by their ids; raises Refused when what they agreed to is not what is
    sold."""
    require_agreement(request, quote)
    quotes = quotes_by_order(quote)
    drafts = [draft_order(request, part, _order_id(request, key, len(quotes))) for key, part in quotes.items()]
    return sorted(drafts, key=lambda draft: draft.order_id)


def quotes_by_order(quote: Quote) -> dict[str, Quote]:
    """By merchant what the basket's quote says of their lines. The parts sum to the whole exactly."""
    grouped: dict[str, list[int]] = {}
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


def order_key(line: Mapping[str, Any]) -> str:
    """Lines with the same key become one order."""
    return str(line["merchant_id"])


def _order_id(request: dict[str, Any], key: str, orders: int) -> str:
    """An order alone is named by its request; of several each by what they are grouped by, too."""
    return order_id_of(request) if orders == 1 else derived_id("ord", request["member_id"], request["request_id"], key)


def _shares(quote: Quote, unit: str) -> list[int]:
    return split_by_weight(quote.get(unit, 0), [line.get(unit, 0) for line in quote["lines"]])
