"""Queries about goods, prices and pictures; the quote of a basket."""

from marshmallow import fields

from services.catalog.contract.limits import Limit
from services.catalog.contract.vocabulary import (
    CURSOR_INVALID,
    DELIVERIES,
    GOODS_NOT_ON_SALE,
    GOODS_UNKNOWN,
    KINDS,
    LARGEST_BASKET,
    LARGEST_BULK,
    LARGEST_PAGE,
    LARGEST_SEGMENTS,
    PRICE_NOT_FOR_MEMBER,
    PRICE_UNKNOWN,
    QUANTITY_TOO_LARGE,
    SEGMENT_NEEDED,
    SERVICE,
    TIER_TOO_LOW,
    TIERS,
    WHY_NOT,
)
from services.chassis.contract import Query
from services.chassis.schemas import (
    LARGEST_SAFE_INTEGER,
    Record,
    Request,
    choice,
    flag,
    identifier,
    instant,
    integer,
    listed,
    nested,
    text,
)


def segments_field() -> fields.List:
    """The labels of the segments that a member is in."""
    return listed(text(40), longest=LARGEST_SEGMENTS, load_default=list)


class Merchant(Record):
    merchant_id = identifier("mer")
    name_zh = text(80)
    name_en = text(80)


class Category(Record):
    """``path`` is slash-separated from the root: ``digital/phone``."""

    path = text(120)
    name_zh = text(40)
    name_en = text(60)


class Price(Record):
    """One way to pay for one piece: points, fen of cash, coins (one is worth a yuan), or several of them together.

    For members from ``least_tier`` on and, if it names one, of a ``segment``. One way may cost some members less.
    """

    price_id = identifier("prc")
    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)
    least_tier = choice(*TIERS, load_default=TIERS[0])
    segment = text(40, allow_none=True)


class OfferedPrice(Price):
    """``value_per_1000_points_fen``: what a thousand points are worth in it, going by what the goods cost elsewhere;
    null where no points are paid or that is not known."""

    value_per_1000_points_fen = integer(-LARGEST_SAFE_INTEGER, LARGEST_SAFE_INTEGER, allow_none=True)


class OtherPrice(OfferedPrice):
    """Not what this member pays: the tier is not reached, it is for a segment, or another one betters it."""

    why_not = choice(*WHY_NOT)


class Part(Record):
    """``quantity`` units of an element in each piece. What a partner switches on names the ``provisioner`` and the
    ``product`` that it knows the element by. What was told before parts had names has none."""

    element_id = identifier("elm")
    delivery = choice(*DELIVERIES)
    quantity = integer(1)
    name_zh = text(200, shortest=0, load_default="")
    name_en = text(200, shortest=0, load_default="")
    provisioner = text(40, allow_none=True)
    product = text(60, allow_none=True)


class NamedPart(Part):
    """``form`` is what kind of thing it is, with its name: a ticket, a coupon, whatever operators brought in."""

    name_zh = text(200)
    name_en = text(200)
    form = text(40)
    form_zh = text(40)
    form_en = text(60)


class PresaleOffer(Record):
    """Sold before it is there until ``ends_at``, sent from the day ``ships_from`` on; ``left`` pieces, as a hint."""

    presale_id = identifier("psl")
    ends_at = instant()
    ships_from = text(10)
    left = integer()


class BulkStep(Request):
    """From so many pieces on one paid in the way ``price_id`` costs so much."""

    from_pieces = integer(1, LARGEST_BULK)
    price_id = identifier("prc")
    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)


class BulkOffer(Record):
    """From ``least`` to ``most`` pieces an order are sold in the bulk zone, to members of ``segment`` if it names one;
    somebody has to approve of such an order."""

    least = integer(1)
    most = integer(1)
    segment = text(40, allow_none=True)
    steps = listed(BulkStep)


class Sku(Record):
    """``in_stock`` is how many pieces can be reserved now; it is a hint, the reservation decides.

    ``prices`` are those that whoever asks may choose from, the most favourable of each way to pay; ``other_prices`` say
    why they are not. ``parts`` are what a piece consists of; ``least_tier`` is who may have all of them.
    """

    sku_id = identifier("sku")
    variant_zh = text(80, shortest=0)
    variant_en = text(80, shortest=0)
    prices = listed(OfferedPrice)
    other_prices = listed(OtherPrice, load_default=list)
    in_stock = integer()
    parts = listed(NamedPart, load_default=list)
    least_tier = choice(*TIERS, load_default="registered")
    presale = nested(PresaleOffer, allow_none=True)
    bulk = nested(BulkOffer, allow_none=True)


class GoodsCard(Record):
    """Something of physical goods is carried, whatever else comes with it; of virtual goods nothing is.

    They are for members from ``least_tier`` on and, if they name one, of a ``segment``."""

    goods_id = identifier("gds")
    merchant = nested(Merchant)
    category = text(120)
    kind = choice(*KINDS)
    name_zh = text(120)
    name_en = text(120)
    least_tier = choice(*TIERS)
    segment = text(40, allow_none=True)
    from_price = nested(Price)
    picture = text(200, metadata={"description": "Path of the picture in the HTTP API; it changes with the picture"})


class Goods(GoodsCard):
    """``limits`` are those on how much one member may get of the goods, a SKU or what it consists of."""

    limits = listed(Limit, load_default=list)
    description_zh = text(4000, shortest=0)
    description_en = text(4000, shortest=0)
    skus = listed(Sku, shortest=1)


class Nothing(Request):
    """A request without fields."""


class Categories(Record):
    categories = listed(Category)


class ListGoods(Request):
    """``words`` are looked for in both languages; ``category`` includes what lies below it."""

    category = text(120, allow_none=True)
    merchant_id = identifier("mer", allow_none=True)
    words = text(80, allow_none=True)
    sort = choice("newest", "points_low", "points_high", load_default="newest")
    limit = integer(1, LARGEST_PAGE, load_default=20)
    cursor = text(200, allow_none=True)


class GoodsPage(Record):
    goods = listed(GoodsCard)
    next_cursor = text(200, allow_none=True)


class OfGoods(Request):
    goods_id = identifier("gds")


class GetGoods(OfGoods):
    """``member_tier`` and ``member_segments`` are those of who asks."""

    member_tier = choice(*TIERS, load_default=TIERS[0])
    member_segments = segments_field()


class Picture(Record):
    """``svg`` is a whole document; ``etag`` changes with it."""

    svg = text(100_000)
    etag = text(64)


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


LIST_CATEGORIES = Query(SERVICE, "list_categories", Nothing, Categories)
LIST_GOODS = Query(SERVICE, "list_goods", ListGoods, GoodsPage, refuses=(CURSOR_INVALID,))
GET_GOODS = Query(SERVICE, "get_goods", GetGoods, Goods, refuses=(GOODS_UNKNOWN,))
GET_PICTURE = Query(SERVICE, "get_picture", OfGoods, Picture, refuses=(GOODS_UNKNOWN,))
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
