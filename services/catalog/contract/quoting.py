"""The quote of a basket."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from services.catalog.contract.offers import OfferedPrice, OtherPrice, Part, PresaleOffer, Price, segments_field
from services.catalog.contract.vocabulary import (
    GOODS_NOT_ON_SALE,
    GOODS_UNKNOWN,
    KINDS,
    LARGEST_BASKET,
    LARGEST_BULK,
    PRICE_NOT_FOR_MEMBER,
    PRICE_UNKNOWN,
    QUANTITY_TOO_LARGE,
    SEGMENT_NEEDED,
    SERVICE,
    TICKET_EXPIRED,
    TICKET_UNKNOWN,
    TICKET_USED,
    TIER_TOO_LOW,
    TIERS,
)
from services.chassis.contract import Query
from services.chassis.schemas import Record, Request, choice, flag, identifier, integer, listed, nested, text


class BasketLine(Request):
    """Only of what is sold in bulk there may be more than 99 pieces."""

    sku_id = identifier("sku")
    quantity = integer(1, LARGEST_BULK)
    price_id = identifier("prc")


class LineToQuote(BasketLine):
    """With a ``ticket_id`` it is one piece, at the price of the flash sale."""

    ticket_id = identifier("tkt", required=False)

    @validates_schema
    def is_one_piece(self, data: Mapping[str, Any], **_: Any) -> None:
        if "ticket_id" in data and data.get("quantity") != 1:
            raise ValidationError("a ticket is for one piece", "quantity")


class QuoteLines(Request):
    """``member_id``: whose tickets the lines name, if they name any."""

    member_id = identifier("mbr", required=False)
    member_tier = choice(*TIERS)
    member_segments = segments_field()
    lines = listed(LineToQuote, shortest=1, longest=LARGEST_BASKET)

    @validates_schema
    def names_whose_tickets(self, data: Mapping[str, Any], **_: Any) -> None:
        tickets = [line["ticket_id"] for line in data.get("lines", []) if "ticket_id" in line]
        if tickets and "member_id" not in data:
            raise ValidationError("a ticket is one member's", "member_id")
        if len(set(tickets)) < len(tickets):
            raise ValidationError("each ticket once", "lines")


class QuotedLine(Record):
    """A snapshot of what is sold and for how much; ``points``, ``cash_fen`` and ``coins`` are unit price x quantity.

    ``choices`` are the ways in which this member may pay for a piece, the line's own among them, ``other_prices`` the
    ones that do not apply; ``list_price`` is what everybody pays in the line's way, null if it is not for everybody.
    ``presale``: it is sold before it is there, and comes later. ``bulk``: so many pieces are sold in the bulk zone, at
    a unit price that may be below that of the choice. ``ticket_id``: it is a piece of a flash sale.
    """

    sku_id = identifier("sku")
    goods_id = identifier("gds")
    merchant_id = identifier("mer")
    price_id = identifier("prc")
    kind = choice(*KINDS)
    name_zh = text(200)
    name_en = text(200)
    quantity = integer(1)
    unit_points = integer()
    unit_cash_fen = integer()
    unit_coins = integer(load_default=0)
    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)
    parts = listed(Part, load_default=list)
    presale = nested(PresaleOffer, allow_none=True)
    bulk = flag(load_default=False)
    ticket_id = identifier("tkt", allow_none=True)
    list_price = nested(Price, allow_none=True)
    choices = listed(OfferedPrice, load_default=list)
    other_prices = listed(OtherPrice, load_default=list)


class QuotedLines(Record):
    lines = listed(QuotedLine, shortest=1)
    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)


QUOTE_LINES = Query(
    SERVICE,
    "quote_lines",
    QuoteLines,
    QuotedLines,
    refuses=(
        GOODS_UNKNOWN,
        GOODS_NOT_ON_SALE,
        TIER_TOO_LOW,
        SEGMENT_NEEDED,
        PRICE_UNKNOWN,
        PRICE_NOT_FOR_MEMBER,
        QUANTITY_TOO_LARGE,
        TICKET_UNKNOWN,
        TICKET_EXPIRED,
        TICKET_USED,
    ),
)
