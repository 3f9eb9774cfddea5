"""The quote of a basket."""

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


class QuoteLines(Request):
    member_tier = choice(*TIERS)
    member_segments = segments_field()
    lines = listed(BasketLine, shortest=1, longest=LARGEST_BASKET)


class QuotedLine(Record):
    """A snapshot of what is sold and for how much; ``points``, ``cash_fen`` and ``coins`` are unit price x quantity.

    ``choices`` are the ways in which this member may pay for a piece, the line's own among them, ``other_prices`` the
    ones that do not apply; ``list_price`` is what everybody pays in the line's way, null if it is not for everybody.
    ``presale``: it is sold before it is there, and comes later. ``bulk``: so many pieces are sold in the bulk zone, at
    a unit price that may be below that of the choice.
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
    ),
)
