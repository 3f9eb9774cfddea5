"""A line of a cart by itself: whether it can be had, and what it costs."""

from collections.abc import Mapping
from typing import Any

from services.catalog.contract import LIMIT_REACHED, QUOTA_REACHED, STOCK_INSUFFICIENT
from services.catalog.domain.prices import Member
from services.catalog.domain.quoting import Offer, quote, why_refused


def checked(
    line: Mapping[str, Any], offer: Offer | None, member: Member, stock: Mapping[str, int], left: Mapping[str, int]
) -> dict[str, Any]:
    """The contract's CheckedLine; ``stock`` and ``left`` are pieces by SKU, what nothing limits is not in ``left``. Of
    what is sold before it is there the quota counts, not the stock."""
    named = {"sku_id": line["sku_id"], "price_id": line["price_id"]}
    why_not = why_refused(line, offer, member)
    if why_not or offer is None:
        return {**named, "why_not": why_not, "at_most": None, "quoted": None}
    in_stock = offer.presale["left"] if offer.presale else stock.get(offer.sku_id, 0)
    allowed = left.get(offer.sku_id)
    if allowed is not None and line["quantity"] > allowed:
        why_not = LIMIT_REACHED
    elif line["quantity"] > in_stock:
        why_not = QUOTA_REACHED if offer.presale else STOCK_INSUFFICIENT
    at_most = in_stock if allowed is None else min(in_stock, allowed)
    [quoted] = quote([line], {offer.sku_id: offer}, member)["lines"]
    return {**named, "why_not": why_not, "at_most": at_most, "quoted": quoted}
