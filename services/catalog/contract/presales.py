"""Goods that are sold before they are there (预售): a quota of a SKU, in a window of time, to be sent from a day on."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from services.catalog.contract.vocabulary import (
    GOODS_UNKNOWN,
    LARGEST_QUOTA,
    PRESALE_BACKDATED,
    PRESALE_NOT_CARRIED,
    PRESALE_OVER,
    PRESALE_OVERLAPS,
    PRESALE_STATES,
    PRESALE_UNKNOWN,
    QUOTA_TAKEN,
    SERVICE,
)
from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, choice, day, identifier, instant, integer, listed, text


class PresaleWish(Request):
    """From ``begins_at`` (null: now) until ``ends_at`` up to ``quota`` pieces are sold of what is still to come, and
    sent in the order in which they were ordered, not before ``ships_from`` (a day in China). Carried goods only."""

    sku_id = identifier("sku")
    begins_at = instant(allow_none=True)
    ends_at = instant()
    ships_from = day()
    quota = integer(1, LARGEST_QUOTA)
    reason = text(200)

    @validates_schema
    def begins_before_it_ends(self, data: Mapping[str, Any], **_: Any) -> None:
        begins, ends = data.get("begins_at"), data.get("ends_at")
        if begins and ends and ends <= begins:
            raise ValidationError("the pre-sale ends before it begins", "ends_at")


class OpenPresale(PresaleWish):
    request_id = text(80)


class PresaleChange(Request):
    """What is null stays. Who has ordered keeps the day that was promised."""

    ends_at = instant(allow_none=True)
    ships_from = day(allow_none=True)
    quota = integer(1, LARGEST_QUOTA, allow_none=True)
    reason = text(200)


class ChangePresale(PresaleChange):
    request_id = text(80)
    presale_id = identifier("psl")


class CancelPresale(Request):
    """What is sold of it and not allotted yet is called off and given back."""

    request_id = text(80)
    presale_id = identifier("psl")
    reason = text(200)


class PresaleTerms(Record):
    presale_id = identifier("psl")
    status = choice(*PRESALE_STATES)
    begins_at = instant()
    ends_at = instant()
    ships_from = text(10)
    quota = integer(1)


class PresaleDecided(PresaleTerms):
    reason = text(200)
    actor = text(80)
    decided_at = instant()


class Presale(PresaleTerms):
    """``taken`` of ``quota`` pieces are held or sold, ``allotted`` of these have got real units. ``decisions``: all
    that was decided of it, oldest first."""

    sku_id = identifier("sku")
    taken = integer()
    allotted = integer()
    decisions = listed(PresaleDecided, longest=10_000)


class ListPresales(Request):
    """Of one SKU, or all; newest first."""

    sku_id = identifier("sku", allow_none=True)
    limit = integer(1, 100, load_default=20)


class Presales(Record):
    presales = listed(Presale)


class StockAllottedData(Record):
    """An order of a pre-sale has got real units: it may be sent."""

    order_id = identifier("ord")
    units = integer(1)


class PresaleRevokedData(Record):
    """What an order was promised does not come."""

    order_id = identifier("ord")
    presale_id = identifier("psl")
    reason = text(200)


OPEN_PRESALE = Command(
    SERVICE,
    "open_presale",
    OpenPresale,
    Presale,
    refuses=(GOODS_UNKNOWN, PRESALE_NOT_CARRIED, PRESALE_OVERLAPS, PRESALE_BACKDATED),
)
CHANGE_PRESALE = Command(
    SERVICE,
    "change_presale",
    ChangePresale,
    Presale,
    refuses=(PRESALE_UNKNOWN, PRESALE_OVER, PRESALE_OVERLAPS, PRESALE_BACKDATED, QUOTA_TAKEN),
)
CANCEL_PRESALE = Command(SERVICE, "cancel_presale", CancelPresale, Presale, refuses=(PRESALE_UNKNOWN, PRESALE_OVER))
LIST_PRESALES = Query(SERVICE, "list_presales", ListPresales, Presales)
STOCK_ALLOTTED = Event(SERVICE, "stock.allotted.v1", StockAllottedData)
PRESALE_REVOKED = Event(SERVICE, "presale.revoked.v1", PresaleRevokedData)
