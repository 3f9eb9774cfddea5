"""Bringing in merchants, categories and goods."""

from services.catalog.contract.goods import Category, Merchant, Price
from services.catalog.contract.vocabulary import IMPORT_INCONSISTENT, KINDS, SERVICE, TIERS
from services.chassis.contract import Command
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, text


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


IMPORT_CATALOG = Command(
    SERVICE, "import_catalog", ImportCatalog, CatalogImported, refuses=(IMPORT_INCONSISTENT,), timeout_s=20
)
