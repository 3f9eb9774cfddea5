"""The bulk zone: which SKUs are sold in large numbers, to whom, and what a piece costs then."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from services.catalog.contract.offers import BulkStep
from services.catalog.contract.vocabulary import (
    BULK_BACKDATED,
    BULK_DECIDED_BEFORE,
    BULK_NOT_CARRIED,
    BULK_STEPS_WRONG,
    GOODS_UNKNOWN,
    LARGEST_BULK,
    PRICE_UNKNOWN,
    SERVICE,
)
from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, flag, identifier, instant, integer, listed, text


class BulkWish(Request):
    """From ``effective_from`` (null: from now) ``least`` to ``most`` pieces an order are sold in the bulk zone; with
    ``is_offered`` false none are any more, and nothing else has to be said. ``segment`` null: to everybody. A price
    never rises with the pieces."""

    sku_id = identifier("sku")
    is_offered = flag(load_default=True)
    least = integer(2, LARGEST_BULK, allow_none=True)
    most = integer(2, LARGEST_BULK, allow_none=True)
    segment = text(40, allow_none=True)
    steps = listed(BulkStep, longest=50, load_default=list)
    effective_from = instant(allow_none=True)
    reason = text(200)

    @validates_schema
    def what_is_offered_has_numbers(self, data: Mapping[str, Any], **_: Any) -> None:
        missing = [name for name in ("least", "most") if data.get(name) is None]
        if data.get("is_offered", True) and missing:
            raise ValidationError({name: ["how many pieces are sold in bulk?"] for name in missing})
        if not missing and data["least"] > data["most"]:
            raise ValidationError("at least as many as least", "most")


class SetBulkOffer(BulkWish):
    request_id = text(80)


class BulkDecided(Record):
    """``least`` and ``most`` may be null in what ends an offer."""

    sku_id = identifier("sku")
    is_offered = flag()
    least = integer(1, allow_none=True)
    most = integer(1, allow_none=True)
    segment = text(40, allow_none=True)
    steps = listed(BulkStep)
    effective_from = instant()
    reason = text(200)
    actor = text(80)


class ListBulkOffers(Request):
    """Of one SKU, or all."""

    sku_id = identifier("sku", allow_none=True)


class BulkOffers(Record):
    """All that was ever decided, by SKU, the newest first."""

    offers = listed(BulkDecided, longest=10_000)


SET_BULK_OFFER = Command(
    SERVICE,
    "set_bulk_offer",
    SetBulkOffer,
    BulkDecided,
    refuses=(GOODS_UNKNOWN, PRICE_UNKNOWN, BULK_NOT_CARRIED, BULK_BACKDATED, BULK_DECIDED_BEFORE, BULK_STEPS_WRONG),
)
LIST_BULK_OFFERS = Query(SERVICE, "list_bulk_offers", ListBulkOffers, BulkOffers)
