"""Flash sales (秒杀): so many pieces of a SKU at a price of their own, for a short time, by tickets."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from services.catalog.contract.vocabulary import (
    FLASH_BACKDATED,
    FLASH_OVER,
    FLASH_OVERLAPS,
    FLASH_QUOTA_TAKEN,
    FLASH_SALE_STATES,
    FLASH_UNKNOWN,
    GOODS_UNKNOWN,
    LARGEST_QUANTITY,
    LARGEST_QUOTA,
    SERVICE,
    STOCK_INSUFFICIENT,
)
from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, text

USUAL_TICKET_S = 300
LONGEST_TICKET_S = 3_600


class FlashSaleWish(Request):
    """From ``starts_at`` (null: now) until ``ends_at`` a piece costs ``points``, ``cash_fen`` and ``coins`` together.
    ``quota`` pieces are set aside from the stock at once. A member has up to ``per_member`` of them; a ticket is good
    for ``ticket_s`` seconds."""

    sku_id = identifier("sku")
    starts_at = instant(allow_none=True)
    ends_at = instant()
    points = integer(load_default=0)
    cash_fen = integer(load_default=0)
    coins = integer(load_default=0)
    quota = integer(1, LARGEST_QUOTA)
    per_member = integer(1, LARGEST_QUANTITY, load_default=1)
    ticket_s = integer(30, LONGEST_TICKET_S, load_default=USUAL_TICKET_S)
    reason = text(200)

    @validates_schema
    def starts_before_it_ends(self, data: Mapping[str, Any], **_: Any) -> None:
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if starts and ends and ends <= starts:
            raise ValidationError("the sale ends before it starts", "ends_at")

    @validates_schema
    def costs_something(self, data: Mapping[str, Any], **_: Any) -> None:
        if not any(data.get(unit) for unit in ("points", "cash_fen", "coins")):
            raise ValidationError("a piece costs points, cash or coins", "points")


class OpenFlashSale(FlashSaleWish):
    request_id = text(80)


class FlashSaleChange(Request):
    """What is null stays. The price stays in any case: tickets have been taken for it."""

    ends_at = instant(allow_none=True)
    quota = integer(1, LARGEST_QUOTA, allow_none=True)
    reason = text(200)


class ChangeFlashSale(FlashSaleChange):
    request_id = text(80)
    sale_id = identifier("fls")


class CancelFlashSale(Request):
    request_id = text(80)
    sale_id = identifier("fls")
    reason = text(200)


class FlashSaleTerms(Record):
    sale_id = identifier("fls")
    status = choice(*FLASH_SALE_STATES)
    starts_at = instant()
    ends_at = instant()
    quota = integer(1)


class FlashSaleDecided(FlashSaleTerms):
    reason = text(200)
    actor = text(80)
    decided_at = instant()


class FlashSale(FlashSaleTerms):
    """Of ``quota`` pieces ``left`` have no ticket, ``live`` have one that is not used yet, ``sold`` are in orders.
    ``decisions``: all that was decided of it, oldest first."""

    sku_id = identifier("sku")
    price_id = identifier("prc")
    points = integer()
    cash_fen = integer()
    coins = integer()
    per_member = integer(1)
    ticket_s = integer(1)
    left = integer()
    live = integer()
    sold = integer()
    decisions = listed(FlashSaleDecided, longest=10_000)


class ListFlashSales(Request):
    """Of one SKU, or all; newest first."""

    sku_id = identifier("sku", allow_none=True)
    limit = integer(1, 100, load_default=20)


class FlashSales(Record):
    sales = listed(FlashSale)


class GetFlashSale(Request):
    sale_id = identifier("fls")


OPEN_FLASH_SALE = Command(
    SERVICE,
    "open_flash_sale",
    OpenFlashSale,
    FlashSale,
    refuses=(GOODS_UNKNOWN, STOCK_INSUFFICIENT, FLASH_OVERLAPS, FLASH_BACKDATED),
)
CHANGE_FLASH_SALE = Command(
    SERVICE,
    "change_flash_sale",
    ChangeFlashSale,
    FlashSale,
    refuses=(FLASH_UNKNOWN, FLASH_OVER, FLASH_OVERLAPS, FLASH_BACKDATED, FLASH_QUOTA_TAKEN, STOCK_INSUFFICIENT),
)
CANCEL_FLASH_SALE = Command(
    SERVICE, "cancel_flash_sale", CancelFlashSale, FlashSale, refuses=(FLASH_UNKNOWN, FLASH_OVER)
)
LIST_FLASH_SALES = Query(SERVICE, "list_flash_sales", ListFlashSales, FlashSales)
GET_FLASH_SALE = Query(SERVICE, "get_flash_sale", GetFlashSale, FlashSale, refuses=(FLASH_UNKNOWN,))
