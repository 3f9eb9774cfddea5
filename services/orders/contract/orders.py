"""Placing, looking at, cancelling and receiving orders."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, flag, identifier, instant, integer, listed, nested, text
from services.orders.contract.provisioning import ProvisioningOfOrder
from services.orders.contract.vocabulary import (
    ACCOUNT_WRONG,
    ADDRESS_REQUIRED,
    AWAITED,
    CASE_OPEN,
    CHANNELS,
    COMBINATION_NOT_OFFERED,
    DELIVERIES,
    FULFILMENT_STATUSES,
    LARGEST_BASKET,
    LARGEST_BULK,
    LARGEST_SEGMENTS,
    MEMBER_NOT_ACTIVE,
    NOT_CANCELLABLE,
    NOT_DELIVERED,
    ON_DELIVERY_NOT_OFFERED,
    ORDER_UNKNOWN,
    PAYMENT_STATUSES,
    PAYMENT_WAYS,
    PLACING_LAPSED,
    PROVIDER_REQUIRED,
    PROVISIONER_PAUSED,
    PROVISIONER_UNKNOWN,
    PURCHASE_REQUIRED,
    PURCHASE_UNKNOWN,
    SERVICE,
    STATUSES,
    TEMPORARILY_UNAVAILABLE,
    TIERS,
    TOTAL_CHANGED,
)


def segments_field() -> fields.List:
    """The labels of the segments that the member is in; prices may be for one of them."""
    return listed(text(40), longest=LARGEST_SEGMENTS, load_default=list)


class DeliveryAddress(Request):
    name = text(40)
    phone = text(20)
    province = text(40)
    city = text(40)
    district = text(40)
    street = text(200)


class BasketLine(Request):
    """``provision_to``: the phone number or account for which partners switch on what the line has of that kind; the
    member's own number if it is not said. ``ticket_id``: the piece of a flash sale that the buyer has a ticket for."""

    sku_id = identifier("sku")
    quantity = integer(1, LARGEST_BULK)
    price_id = identifier("prc")
    provision_to = text(60, allow_none=True)
    ticket_id = identifier("tkt", allow_none=True)

    @validates_schema
    def is_one_piece(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("ticket_id") and data.get("quantity") != 1:
            raise ValidationError("a ticket is for one piece", "quantity")


class Basket(Request):
    """Lines of a quote or an order."""

    lines = listed(BasketLine, shortest=1, longest=LARGEST_BASKET)

    @validates_schema
    def names_each_ticket_once(self, data: Mapping[str, Any], **_: Any) -> None:
        tickets = [line["ticket_id"] for line in data.get("lines", []) if line.get("ticket_id")]
        if len(set(tickets)) < len(tickets):
            raise ValidationError("each ticket once", "lines")


class Total(Request):
    """What the buyer saw and agreed to pay."""

    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)


class PartOfLine(Record):
    """``quantity`` units of an element in each piece of the line. What a partner switches on names the ``provisioner``
    and the ``product`` that it knows the element by. Parts of old orders have no names."""

    element_id = identifier("elm")
    delivery = choice(*DELIVERIES)
    quantity = integer(1)
    name_zh = text(200, shortest=0, load_default="")
    name_en = text(200, shortest=0, load_default="")
    provisioner = text(40, allow_none=True)
    product = text(60, allow_none=True)


class OrderLine(Record):
    """``parts`` are what was sold, whatever becomes of the SKU; lines of before there were parts have none.
    ``ships_from``: the day from which on it is sent, if it is sold before it is there. ``ticket_id``: it is of a
    flash sale."""

    line_no = integer(1)
    sku_id = identifier("sku")
    goods_id = identifier("gds")
    merchant_id = identifier("mer")
    kind = choice("virtual", "physical")
    name_zh = text(200)
    name_en = text(200)
    quantity = integer(1)
    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)
    parts = listed(PartOfLine, load_default=list)
    ships_from = text(10, allow_none=True)
    provision_to = text(60, allow_none=True)
    ticket_id = identifier("tkt", allow_none=True)


class PlaceOrder(Basket):
    """``request_id`` names the order for ever: the same one again is the same order. ``from_cart``: what is ordered is
    taken out of the member's cart with it. What is picked up at a hall, at ``pick_up_at``, needs no address."""

    request_id = text(80)
    member_id = identifier("mbr")
    member_tier = choice(*TIERS)
    member_segments = segments_field()
    member_state = text(20)
    language = choice("zh", "en", load_default="zh")
    channel = choice(*CHANNELS, load_default="web")
    expected = nested(Total)
    payment_provider = choice(*PAYMENT_WAYS, allow_none=True)
    delivery_address = nested(DeliveryAddress, allow_none=True)
    from_cart = flag(load_default=False)
    pick_up_at = identifier("whs", allow_none=True)


class ParcelOfOrder(Record):
    shipment_id = identifier("shp")
    carrier = text(40)
    carrier_name_zh = text(80)
    carrier_name_en = text(80)
    waybill_no = text(60)
    status = text(20)


class CodeOfOrder(Record):
    """Named as the part of the order that it is of; ``verified_at``: when it was used at a counter, if it was;
    ``voided_at``: when it was given back."""

    sku_id = identifier("sku")
    element_id = identifier("elm", allow_none=True)
    name_zh = text(200, shortest=0, load_default="")
    name_en = text(200, shortest=0, load_default="")
    code = text(60)
    valid_until = text(10, allow_none=True)
    verified_at = instant(allow_none=True)
    voided_at = instant(allow_none=True, load_default=None)


class PickUpOfOrder(Record):
    """What waits in a hall for whoever shows the ``code`` until ``fetch_by``; all null until it is there."""

    place_id = identifier("whs")
    name_zh = text(80, allow_none=True)
    name_en = text(80, allow_none=True)
    code = text(20, allow_none=True)
    prepared_at = instant(allow_none=True)
    fetch_by = instant(allow_none=True)
    collected_at = instant(allow_none=True)


class Order(Record):
    """``variant`` says how it goes its way, if not the plain one: ``on_delivery`` is paid at the door, ``bulk`` has to
    be approved, until ``approve_by``. ``awaits``: what is to come before it is confirmed.
    ``points``, ``coins`` and ``cash_fen`` are the price; refunds show in ``payment_status``. The orders of one
    purchase were placed together, and their cash is one payment."""

    order_id = identifier("ord")
    purchase_id = identifier("pur", allow_none=True)
    member_id = identifier("mbr")
    variant = text(20, shortest=0, load_default="")
    status = choice(*STATUSES)
    payment_status = choice(*PAYMENT_STATUSES)
    fulfilment_status = choice(*FULFILMENT_STATUSES)
    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)
    lines = listed(OrderLine, shortest=1)
    delivery_address = nested(DeliveryAddress, allow_none=True)
    parcels = listed(ParcelOfOrder)
    codes = listed(CodeOfOrder)
    provisionings = listed(ProvisioningOfOrder, load_default=list)
    pick_up = nested(PickUpOfOrder, allow_none=True)
    close_reason = text(80, allow_none=True)
    placed_at = instant()
    pay_by = instant(allow_none=True)
    approve_by = instant(allow_none=True)
    awaits = choice(*AWAITED, allow_none=True)
    confirmed_at = instant(allow_none=True)
    completed_at = instant(allow_none=True)


class Purchase(Record):
    """The orders of one basket, one for each merchant; the amounts are their sums. ``pay_by``: until then everything
    that is to be paid in cash is paid at once, or none of it is sold."""

    purchase_id = identifier("pur")
    member_id = identifier("mbr")
    points = integer()
    coins = integer()
    cash_fen = integer()
    placed_at = instant()
    pay_by = instant(allow_none=True)
    orders = listed(Order, shortest=1)


class OfMemberPurchase(Request):
    member_id = identifier("mbr")
    purchase_id = identifier("pur")


class OfMemberOrder(Request):
    member_id = identifier("mbr")
    order_id = identifier("ord")


class TimelineEntry(Record):
    """``what`` is a stable name (``order.confirmed``, ``shipment.delivered``); pages translate it. Members are told of
    themselves and of ``mall`` as ``actor``, and neither of what staff does inside nor of what it says there."""

    what = text(60)
    at = instant()
    actor = text(80)
    details = fields.Dict(keys=fields.String(), required=True)


class Timeline(Record):
    entries = listed(TimelineEntry)


class CancelOrder(Request):
    request_id = text(80)
    member_id = identifier("mbr")
    order_id = identifier("ord")
    reason = text(80)


class ConfirmReceipt(Request):
    request_id = text(80)
    member_id = identifier("mbr")
    order_id = identifier("ord")


class OfOrder(Request):
    order_id = identifier("ord")


class OrderChecked(Record):
    """``unknown``: no such order, and after its hold's time-out there never will be."""

    order_id = identifier("ord")
    status = choice(*STATUSES, "unknown")


_NOT_PLACED = (
    MEMBER_NOT_ACTIVE,
    TOTAL_CHANGED,
    ADDRESS_REQUIRED,
    PROVIDER_REQUIRED,
    COMBINATION_NOT_OFFERED,
    ON_DELIVERY_NOT_OFFERED,
    PLACING_LAPSED,
    TEMPORARILY_UNAVAILABLE,
    ACCOUNT_WRONG,
    PROVISIONER_UNKNOWN,
    PROVISIONER_PAUSED,
)
PLACE_PURCHASE = Command(SERVICE, "place_purchase", PlaceOrder, Purchase, refuses=_NOT_PLACED, timeout_s=8)
PLACE_ORDER = Command(SERVICE, "place_order", PlaceOrder, Order, refuses=(*_NOT_PLACED, PURCHASE_REQUIRED), timeout_s=8)
GET_PURCHASE = Query(SERVICE, "get_purchase", OfMemberPurchase, Purchase, refuses=(PURCHASE_UNKNOWN,))
GET_ORDER = Query(SERVICE, "get_order", OfMemberOrder, Order, refuses=(ORDER_UNKNOWN,))
GET_TIMELINE = Query(SERVICE, "get_timeline", OfMemberOrder, Timeline, refuses=(ORDER_UNKNOWN,))
CANCEL_ORDER = Command(
    SERVICE, "cancel_order", CancelOrder, Order, refuses=(ORDER_UNKNOWN, NOT_CANCELLABLE), timeout_s=8
)
CONFIRM_RECEIPT = Command(
    SERVICE, "confirm_receipt", ConfirmReceipt, Order, refuses=(ORDER_UNKNOWN, NOT_DELIVERED, CASE_OPEN)
)
CHECK_ORDER = Query(SERVICE, "check_order", OfOrder, OrderChecked)
