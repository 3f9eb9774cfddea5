"""Whether each line of a cart can be had now, and for how much."""

from collections.abc import Mapping
from typing import Any

from services.catalog.domain.checking import checked
from services.catalog.domain.composition import WantedPart
from services.catalog.domain.limits import pieces_left, quantities_wanted, uses_of
from services.catalog.domain.prices import member_of
from services.catalog.domain.quoting import Offer
from services.catalog.storage.goods_queries import pieces_in_stock
from services.catalog.storage.limits import limits_on, used_before
from services.catalog.storage.offers import offers_of
from services.chassis.clock import local_date
from services.chassis.data.work import Work


def check_lines(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's CheckedLines; a few statements, however many lines."""
    sku_ids = sorted({line["sku_id"] for line in request["lines"]})
    offers, stock = offers_of(work, sku_ids), pieces_in_stock(work, sku_ids)
    left = _left_of_limits(work, request["member_id"], offers) if request["member_id"] else {}
    member = member_of(request)
    return {"lines": [checked(line, offers.get(line["sku_id"]), member, stock, left) for line in request["lines"]]}


def _left_of_limits(work: Work, member_id: str, offers: Mapping[str, Offer]) -> dict[str, int]:
    """Pieces by SKU that the member may still get; SKUs without limits are left out."""
    wanted = {
        offer.sku_id: quantities_wanted(
            [WantedPart(offer.sku_id, part.element_id, part.delivery, 1, part.quantity) for part in offer.parts],
            {offer.sku_id: offer.goods_id},
        )
        for offer in offers.values()
    }
    found = limits_on(work, {subject for each in wanted.values() for subject in each})
    if not found:
        return {}
    today = local_date(work.now)
    everything = {subject: 1 for each in wanted.values() for subject in each}
    used = used_before(work, member_id, uses_of(found, everything, today))
    left = {sku_id: pieces_left(found, each, used) for sku_id, each in wanted.items()}
    return {sku_id: pieces for sku_id, pieces in left.items() if pieces is not None}
