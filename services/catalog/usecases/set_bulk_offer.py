"""Operators decide which SKUs are sold in large numbers, from now or from later on."""

from typing import Any

from services.catalog.contract import (
    BULK_BACKDATED,
    BULK_DECIDED_BEFORE,
    BULK_NOT_CARRIED,
    GOODS_UNKNOWN,
    PARCEL,
    PRICE_UNKNOWN,
)
from services.catalog.domain.bulk import BulkStep, check_steps
from services.catalog.domain.quoting import Offer
from services.catalog.storage.bulk_offers import add_bulk_offer, decided_bulk_offers, is_decided
from services.catalog.storage.offers import offers_of
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def set_bulk_offer(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """A new row; rows of before stay. What is not offered any more has no steps."""
    sku_id, begins = request["sku_id"], request["effective_from"] or work.now
    if begins < work.now:
        raise Refused(BULK_BACKDATED, "a bulk offer cannot take effect in the past")
    offer = offers_of(work, [sku_id]).get(sku_id)
    if offer is None:
        raise Refused(GOODS_UNKNOWN, "no such SKU", sku_ids=[sku_id])
    if request["is_offered"]:
        _check(offer, request)
    if is_decided(work, sku_id, begins):
        raise Refused(BULK_DECIDED_BEFORE, "this instant has a bulk offer already")
    decided = {name: value for name, value in request.items() if name != "request_id"}
    steps = request["steps"] if request["is_offered"] else []
    row = {**decided, "steps": steps, "effective_from": begins, "actor": work.context.actor}
    add_bulk_offer(work, row)
    return row


def list_bulk_offers(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    return {"offers": decided_bulk_offers(work, request["sku_id"])}


def _check(offer: Offer, request: dict[str, Any]) -> None:
    if any(part.delivery != PARCEL for part in offer.parts):
        raise Refused(BULK_NOT_CARRIED, "only what is carried is sold in bulk", sku_id=offer.sku_id)
    unknown = {step["price_id"] for step in request["steps"]} - {term.price_id for term in offer.prices}
    if unknown:
        raise Refused(PRICE_UNKNOWN, "not a price of this SKU now", price_ids=sorted(unknown))
    check_steps(request["least"], request["most"], [BulkStep(**step) for step in request["steps"]])
