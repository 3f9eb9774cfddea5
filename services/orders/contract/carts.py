"""A member's cart: what is put in, changed and taken out, on several devices at once, and what it costs now."""

from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, flag, identifier, instant, integer, listed, nested, text
from services.orders.contract.orders import segments_field
from services.orders.contract.quoting import ExplainedLine
from services.orders.contract.vocabulary import (
    CART_FULL,
    CART_LINE_UNKNOWN,
    LARGEST_CART,
    LARGEST_QUANTITY,
    SERVICE,
    TIERS,
)


class CartWish(Request):
    """So many pieces more of a SKU, to be paid in one of its ways; more than 99 are never in one line."""

    sku_id = identifier("sku")
    price_id = identifier("prc")
    quantity = integer(1, LARGEST_QUANTITY)


class PutInCart(CartWish):
    request_id = text(80)
    member_id = identifier("mbr")
    member_tier = choice(*TIERS)
    member_segments = segments_field()


class CartChange(Request):
    """So many pieces from now on, chosen for the next order or not; null: as it is."""

    quantity = integer(1, LARGEST_QUANTITY, allow_none=True)
    is_chosen = flag(allow_none=True)


class ChangeCartLine(CartChange):
    request_id = text(80)
    member_id = identifier("mbr")
    sku_id = identifier("sku")
    price_id = identifier("prc")


class CartKey(Request):
    sku_id = identifier("sku")
    price_id = identifier("prc")


class RemoveFromCart(Request):
    """What is not there any more is passed over."""

    request_id = text(80)
    member_id = identifier("mbr")
    lines = listed(CartKey, shortest=1, longest=LARGEST_CART)


class UnitPrice(Record):
    """Of a piece."""

    points = integer()
    coins = integer()
    cash_fen = integer()


class CartLine(Record):
    """``version`` is the cart's when the line was last changed: of two words on one line the later one holds.
    ``seen`` is what a piece cost when the line was first put in."""

    sku_id = identifier("sku")
    price_id = identifier("prc")
    quantity = integer(1)
    is_chosen = flag()
    version = integer(1)
    seen = nested(UnitPrice)
    put_at = instant()
    changed_at = instant()


class CartContents(Record):
    """What is in it, newest last."""

    version = integer()
    lines = listed(CartLine, longest=LARGEST_CART)


class CheckedCartLine(CartLine):
    """``why_not`` is the code with which an order of it would be refused now, null if it would not; ``at_most`` how
    many pieces could be had, null if none is offered. ``costs`` is what a piece costs now, ``is_price_changed`` whether
    that is not what was seen; ``explained`` is as in a quote, null like ``costs`` if it is not offered."""

    goods_id = identifier("gds")
    name_zh = text(200)
    name_en = text(200)
    why_not = text(60, allow_none=True)
    at_most = integer(allow_none=True)
    costs = nested(UnitPrice, allow_none=True)
    is_price_changed = flag()
    explained = nested(ExplainedLine, allow_none=True)


class CartOfMerchant(Record):
    """The totals are of the lines that are chosen and can be had."""

    merchant_id = identifier("mer")
    lines = listed(CheckedCartLine, shortest=1, longest=LARGEST_CART)
    points = integer()
    coins = integer()
    cash_fen = integer()


class OfCart(Request):
    member_id = identifier("mbr")
    member_tier = choice(*TIERS)
    member_segments = segments_field()


class Cart(Record):
    """By merchant, in the order in which the first line of each was put in."""

    version = integer()
    merchants = listed(CartOfMerchant, longest=LARGEST_CART)
    points = integer()
    coins = integer()
    cash_fen = integer()


PUT_IN_CART = Command(SERVICE, "put_in_cart", PutInCart, CartContents, refuses=(CART_FULL,), timeout_s=5)
CHANGE_CART_LINE = Command(SERVICE, "change_cart_line", ChangeCartLine, CartContents, refuses=(CART_LINE_UNKNOWN,))
REMOVE_FROM_CART = Command(SERVICE, "remove_from_cart", RemoveFromCart, CartContents)
GET_CART = Query(SERVICE, "get_cart", OfCart, Cart)
