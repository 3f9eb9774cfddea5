"""The published language of catalog: merchants, goods, prices and stock."""

from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, nested, text

SERVICE = "catalog"

KINDS = ("virtual", "physical")
TIERS = ("registered", "blue", "gold", "red")
LARGEST_QUANTITY = 99
LARGEST_BASKET = 50
LARGEST_PAGE = 100

# Rejection codes
GOODS_UNKNOWN = "goods.unknown"
GOODS_NOT_ON_SALE = "goods.not_on_sale"
TIER_TOO_LOW = "goods.tier_too_low"
PRICE_UNKNOWN = "goods.price_unknown"
STOCK_INSUFFICIENT = "stock.insufficient"
RESERVATION_UNKNOWN = "stock.reservation_unknown"
RESERVATION_NOT_HELD = "stock.reservation_not_held"
RELEASED_BEFORE = "stock.released_before"
IMPORT_INCONSISTENT = "catalog.import_inconsistent"
CURSOR_INVALID = "cursor.invalid"


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
    """One way to pay for one piece: points, fen of cash, or both."""

    price_id = identifier("prc")
    points = integer()
    cash_fen = integer()


class Sku(Record):
    """``in_stock`` is what can be reserved now; it is a hint, the reservation decides."""

    sku_id = identifier("sku")
    variant_zh = text(80, shortest=0)
    variant_en = text(80, shortest=0)
    prices = listed(Price, shortest=1)
    in_stock = integer()


class GoodsCard(Record):
    goods_id = identifier("gds")
    merchant = nested(Merchant)
    category = text(120)
    kind = choice(*KINDS)
    name_zh = text(120)
    name_en = text(120)
    least_tier = choice(*TIERS)
    from_price = nested(Price)
    picture = text(200)


class Goods(GoodsCard):
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


class Picture(Record):
    """``svg`` is a whole document; ``etag`` changes with it."""

    svg = text(100_000)
    etag = text(64)


class BasketLine(Request):
    sku_id = identifier("sku")
    quantity = integer(1, LARGEST_QUANTITY)
    price_id = identifier("prc")


class QuoteLines(Request):
    member_tier = choice(*TIERS)
    lines = listed(BasketLine, shortest=1, longest=LARGEST_BASKET)


class QuotedLine(Record):
    """A snapshot of what is sold and for how much; ``points`` and ``cash_fen`` are unit price x quantity."""

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
    points = integer()
    cash_fen = integer()


class QuotedLines(Record):
    lines = listed(QuotedLine, shortest=1)
    points = integer()
    cash_fen = integer()


class StockLine(Request):
    sku_id = identifier("sku")
    quantity = integer(1, LARGEST_QUANTITY * LARGEST_BASKET)


class ReserveStock(Request):
    """All lines or none; ``details.shortages`` of a refusal lists every short line."""

    request_id = text(80)
    order_id = identifier("ord")
    lines = listed(StockLine, shortest=1, longest=LARGEST_BASKET)
    expires_in_s = integer(1, 604_800)


class Reserved(Record):
    order_id = identifier("ord")
    expires_at = instant()


class CommitStock(Request):
    request_id = text(80)
    order_id = identifier("ord")


class ReleaseStock(Request):
    """Releasing a reservation that never arrived is accepted, and bars it from arriving late."""

    request_id = text(80)
    order_id = identifier("ord")
    reason = text(80)


class StockOfOrder(Record):
    order_id = identifier("ord")
    units = integer()


class NewSku(Request):
    """``stock`` is brought in as an opening movement, once, when the SKU is new; of virtual goods it is codes.

    ``codes_valid_days`` counts from the day a code is issued; null: the code never ends.
    """

    sku_id = identifier("sku")
    variant_zh = text(80, shortest=0, load_default="")
    variant_en = text(80, shortest=0, load_default="")
    prices = listed(Price, shortest=1, longest=10)
    stock = integer(0, 1_000_000)
    codes_valid_days = integer(1, 3_650, allow_none=True)


class NewGoods(Request):
    """The whole of one goods: SKUs and prices it no longer names are taken off sale, their history stays.

    On sale from ``on_sale_from`` (null: from its first import) until ``on_sale_until`` (null: without end).
    """

    goods_id = identifier("gds")
    merchant_id = identifier("mer")
    category = text(120)
    kind = choice(*KINDS)
    name_zh = text(120)
    name_en = text(120)
    description_zh = text(4000, shortest=0, load_default="")
    description_en = text(4000, shortest=0, load_default="")
    least_tier = choice(*TIERS, load_default="registered")
    picture_svg = text(100_000)
    on_sale_from = instant(allow_none=True)
    on_sale_until = instant(allow_none=True)
    skus = listed(NewSku, shortest=1, longest=50)


class ImportCatalog(Request):
    """Merchants, categories and goods; what exists is updated, stock is only ever opened once."""

    request_id = text(80)
    merchants = listed(Merchant)
    categories = listed(Category)
    goods = listed(NewGoods, longest=100)


class CatalogImported(Record):
    merchants = integer()
    categories = integer()
    goods = integer()
    skus = integer()


class ReceiveStock(Request):
    request_id = text(80)
    sku_id = identifier("sku")
    quantity = integer(1, 1_000_000)
    reason = text(120)
    actor = text(80)


class StockLevel(Record):
    sku_id = identifier("sku")
    on_hand = integer()
    reserved = integer()


LIST_CATEGORIES = Query(SERVICE, "list_categories", Nothing, Categories)
LIST_GOODS = Query(SERVICE, "list_goods", ListGoods, GoodsPage, refuses=(CURSOR_INVALID,))
GET_GOODS = Query(SERVICE, "get_goods", OfGoods, Goods, refuses=(GOODS_UNKNOWN,))
GET_PICTURE = Query(SERVICE, "get_picture", OfGoods, Picture, refuses=(GOODS_UNKNOWN,))
QUOTE_LINES = Query(
    SERVICE,
    "quote_lines",
    QuoteLines,
    QuotedLines,
    refuses=(GOODS_UNKNOWN, GOODS_NOT_ON_SALE, TIER_TOO_LOW, PRICE_UNKNOWN),
)
RESERVE_STOCK = Command(
    SERVICE, "reserve_stock", ReserveStock, Reserved, refuses=(GOODS_UNKNOWN, STOCK_INSUFFICIENT, RELEASED_BEFORE)
)
COMMIT_STOCK = Command(
    SERVICE, "commit_stock", CommitStock, StockOfOrder, refuses=(RESERVATION_UNKNOWN, RESERVATION_NOT_HELD)
)
RELEASE_STOCK = Command(SERVICE, "release_stock", ReleaseStock, StockOfOrder)
IMPORT_CATALOG = Command(
    SERVICE, "import_catalog", ImportCatalog, CatalogImported, refuses=(IMPORT_INCONSISTENT,), timeout_s=20
)
RECEIVE_STOCK = Command(SERVICE, "receive_stock", ReceiveStock, StockLevel, refuses=(GOODS_UNKNOWN,))


class StockSettledData(Record):
    order_id = identifier("ord")
    units = integer()


class IssuedCode(Record):
    sku_id = identifier("sku")
    code = text(60)
    valid_until = text(10, allow_none=True)


class CodesIssuedData(Record):
    """The virtual goods of an order, handed over: one code a piece, each issued once for ever."""

    order_id = identifier("ord")
    member_id = identifier("mbr")
    codes = listed(IssuedCode, shortest=1, longest=LARGEST_QUANTITY * LARGEST_BASKET)


STOCK_COMMITTED = Event(SERVICE, "stock.committed.v1", StockSettledData)
STOCK_RELEASED = Event(SERVICE, "stock.released.v1", StockSettledData)
CODES_ISSUED = Event(SERVICE, "codes.issued.v1", CodesIssuedData)
