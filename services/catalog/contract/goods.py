"""Queries about goods and their pictures."""

from services.catalog.contract.limits import Limit
from services.catalog.contract.offers import (
    BulkOffer,
    NamedPart,
    OfferedPrice,
    OtherPrice,
    PresaleOffer,
    Price,
    segments_field,
)
from services.catalog.contract.vocabulary import (
    CURSOR_INVALID,
    GOODS_UNKNOWN,
    KINDS,
    LARGEST_PAGE,
    SERVICE,
    TIERS,
    ZONES,
)
from services.chassis.contract import Query
from services.chassis.schemas import Record, Request, choice, identifier, integer, listed, nested, text


class Merchant(Record):
    merchant_id = identifier("mer")
    name_zh = text(80)
    name_en = text(80)


class Category(Record):
    """``path`` is slash-separated from the root: ``digital/phone``."""

    path = text(120)
    name_zh = text(40)
    name_en = text(60)


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

    They are for members from ``least_tier`` on and, if they name one, of a ``segment``. ``from_price`` is the least of
    those that who asks is offered; if there are none, the one that is nearest to being."""

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


class ForMember(Request):
    """``member_tier`` and ``member_segments`` are those of who asks."""

    member_tier = choice(*TIERS, load_default=TIERS[0])
    member_segments = segments_field()


class ListGoods(ForMember):
    """``words`` are looked for in both languages; ``category`` includes what lies below it. ``zone``: only what is sold
    to who asks in this zone."""

    category = text(120, allow_none=True)
    merchant_id = identifier("mer", allow_none=True)
    zone = choice(*ZONES, allow_none=True)
    words = text(80, allow_none=True)
    sort = choice("newest", "points_low", "points_high", load_default="newest")
    limit = integer(1, LARGEST_PAGE, load_default=20)
    cursor = text(200, allow_none=True)


class GoodsPage(Record):
    goods = listed(GoodsCard)
    next_cursor = text(200, allow_none=True)


class OfGoods(Request):
    goods_id = identifier("gds")


class GetGoods(OfGoods, ForMember):
    """One goods, as who asks sees it."""


class Picture(Record):
    """``svg`` is a whole document; ``etag`` changes with it."""

    svg = text(100_000)
    etag = text(64)


LIST_CATEGORIES = Query(SERVICE, "list_categories", Nothing, Categories)
LIST_GOODS = Query(SERVICE, "list_goods", ListGoods, GoodsPage, refuses=(CURSOR_INVALID,))
GET_GOODS = Query(SERVICE, "get_goods", GetGoods, Goods, refuses=(GOODS_UNKNOWN,))
GET_PICTURE = Query(SERVICE, "get_picture", OfGoods, Picture, refuses=(GOODS_UNKNOWN,))
