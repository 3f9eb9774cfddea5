"""Bringing in merchants, categories, forms, elements and goods.

What is optional here has no default: a request that does not name it is remembered by the same content as ever.
"""

from services.catalog.contract.goods import Category, Merchant
from services.catalog.contract.vocabulary import (
    CODES_OF,
    DELIVERIES,
    IMPORT_INCONSISTENT,
    KINDS,
    LARGEST_COMPOSITION,
    LARGEST_PART,
    SERVICE,
    TIERS,
    VALUE_OUTSIDE_BAND,
)
from services.chassis.contract import Command
from services.chassis.schemas import Record, Request, choice, flag, identifier, instant, integer, listed, text


class NewForm(Request):
    """A kind of element: ``ticket``, ``game-coins``. ``delivery`` is the flow that they follow; it never changes.

    ``is_for_counter``: codes of this form are verified at a merchant's counter; as it was, if it is not said.
    """

    form = text(40)
    delivery = choice(*DELIVERIES)
    name_zh = text(40)
    name_en = text(60)
    is_for_counter = flag(required=False)


class NewElement(Request):
    """What is delivered, reusable in many goods. How it is delivered never changes.

    ``form`` is a form of this delivery; if none is named, the plain one of the delivery's own name.

    ``stock`` is brought in as an opening movement, once, when the element is new; of what is delivered by code it is
    codes. ``codes_valid_days`` counts from the day a code is issued; null: the code never ends. ``least_tier`` is who
    may have it, whatever the goods; ``market_value_fen`` is what a unit costs elsewhere, null if nobody knows.

    ``codes_of`` partner: its codes are imported as the partner made them, so it has no opening stock. It never changes.
    What a partner's system switches on (delivery ``provision``) names the ``provisioner`` that orders has configured,
    and the partner's name of the ``product``.
    """

    element_id = identifier("elm")
    delivery = choice(*DELIVERIES)
    form = text(40, required=False)
    name_zh = text(200)
    name_en = text(200)
    least_tier = choice(*TIERS, load_default="registered")
    market_value_fen = integer(allow_none=True)
    stock = integer(0, 1_000_000)
    codes_valid_days = integer(1, 3_650, allow_none=True)
    codes_of = choice(*CODES_OF, required=False)
    provisioner = text(40, required=False)
    product = text(60, required=False)


class NewPart(Request):
    """``quantity`` units of the element in each piece of the SKU."""

    element_id = identifier("elm")
    quantity = integer(1, LARGEST_PART)


class NewPrice(Record):
    """One way to pay for a piece, or what it costs members from ``least_tier`` on or of a ``segment``: then one and the
    same ``price_id`` comes several times, and never asks of some for more than of everybody."""

    price_id = identifier("prc")
    points = integer()
    cash_fen = integer()
    coins = integer(required=False)
    least_tier = choice(*TIERS, required=False)
    segment = text(40, required=False)


class NewSku(Request):
    """Composed of ``elements``, or, if it names none, of one of its own, whose ``stock``, ``form``,
    ``market_value_fen`` and ``codes_valid_days`` are then given here."""

    sku_id = identifier("sku")
    variant_zh = text(80, shortest=0, load_default="")
    variant_en = text(80, shortest=0, load_default="")
    prices = listed(NewPrice, shortest=1, longest=50)
    elements = listed(NewPart, shortest=1, longest=LARGEST_COMPOSITION, required=False)
    stock = integer(0, 1_000_000, required=False)
    market_value_fen = integer(required=False)
    form = text(40, required=False)
    codes_valid_days = integer(1, 3_650, allow_none=True)


class NewGoods(Request):
    """The whole of one goods: SKUs and prices it no longer names are taken off sale, their history stays.

    ``kind`` physical: every SKU has an element that is carried; virtual: none has.
    On sale from ``on_sale_from`` (null: since it is, or from now on) until ``on_sale_until`` (null: without end); where
    neither is said, goods are on sale from their first import on, or as was planned since.
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
    segment = text(40, required=False)
    picture_svg = text(100_000)
    on_sale_from = instant(allow_none=True)
    on_sale_until = instant(allow_none=True)
    skus = listed(NewSku, shortest=1, longest=50)


class ImportCatalog(Request):
    """Merchants, categories, forms, elements and goods; what exists is updated, stock is only ever opened once."""

    request_id = text(80)
    merchants = listed(Merchant)
    categories = listed(Category)
    forms = listed(NewForm, longest=100, required=False)
    elements = listed(NewElement, required=False)
    goods = listed(NewGoods, longest=100)


class CatalogImported(Record):
    merchants = integer()
    categories = integer()
    elements = integer(load_default=0)
    goods = integer()
    skus = integer()


IMPORT_CATALOG = Command(
    SERVICE,
    "import_catalog",
    ImportCatalog,
    CatalogImported,
    refuses=(IMPORT_INCONSISTENT, VALUE_OUTSIDE_BAND),
    timeout_s=20,
)
