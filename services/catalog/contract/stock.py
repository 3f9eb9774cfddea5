"""Commands on stock: reserve, commit, release, receive."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from services.catalog.contract.offers import Part
from services.catalog.contract.vocabulary import (
    CODES_OF_PARTNER,
    COLLECTED_BEFORE,
    ELEMENT_NEEDED,
    GOODS_UNKNOWN,
    LARGEST_BASKET,
    LARGEST_QUANTITY,
    LIMIT_MEMBER_NEEDED,
    LIMIT_REACHED,
    PIECES_NOT_THERE,
    PLACE_CLOSED,
    PLACE_UNKNOWN,
    PRESALE_NOT_OPEN,
    PRESALE_UNKNOWN,
    QUOTA_REACHED,
    RELEASED_BEFORE,
    RESERVATION_NOT_HELD,
    RESERVATION_UNKNOWN,
    SERVICE,
    STOCK_INSUFFICIENT,
    TICKET_EXPIRED,
    TICKET_UNKNOWN,
    TICKET_USED,
)
from services.chassis.contract import Command
from services.chassis.schemas import Record, Request, flag, identifier, instant, integer, listed, nested, text


class StockLine(Request):
    """With a ``presale_id`` the pieces come out of its quota, from what is still to come; with a ``ticket_id`` it is
    the piece of a flash sale that the ticket stands for."""

    sku_id = identifier("sku")
    quantity = integer(1, LARGEST_QUANTITY * LARGEST_BASKET)
    presale_id = identifier("psl", required=False)
    ticket_id = identifier("tkt", required=False)

    @validates_schema
    def is_one_piece(self, data: Mapping[str, Any], **_: Any) -> None:
        if "ticket_id" in data and (data.get("quantity") != 1 or "presale_id" in data):
            raise ValidationError("a ticket is for one piece that is there", "ticket_id")


class City(Request):
    """By the names of the delivery address."""

    province = text(40)
    city = text(40)


class ReserveStock(Request):
    """All lines or none; ``details.shortages`` of a refusal lists every SKU with every element it is short of,
    ``details.limits`` every limit that the member would go beyond: what was used of it and when it ends.

    What is carried comes in few parcels from warehouses near ``destination``, if that is told; with a ``hall``, where
    the buyer picks it up, from there; if it ``waits`` there until its code is shown, all of it. What ``is_replacement``
    comes instead of goods that the member had before, and counts against no limit once more.
    """

    request_id = text(80)
    order_id = identifier("ord")
    member_id = identifier("mbr", required=False)
    lines = listed(StockLine, shortest=1, longest=LARGEST_BASKET)
    destination = nested(City, required=False)
    hall = identifier("whs", required=False)
    waits = flag(required=False)
    is_replacement = flag(required=False)
    expires_in_s = integer(1, 604_800)

    @validates_schema
    def is_there_or_to_come(self, data: Mapping[str, Any], **_: Any) -> None:
        if len({"presale_id" in line for line in data.get("lines", [])}) > 1:
            raise ValidationError("an order is of goods that are there, or of goods to come", "lines")

    @validates_schema
    def names_whose_tickets(self, data: Mapping[str, Any], **_: Any) -> None:
        tickets = [line["ticket_id"] for line in data.get("lines", []) if "ticket_id" in line]
        if tickets and "member_id" not in data:
            raise ValidationError("a ticket is one member's", "member_id")
        if len(set(tickets)) < len(tickets):
            raise ValidationError("each ticket once", "lines")

    @validates_schema
    def waits_in_a_hall(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("waits") and "hall" not in data:
            raise ValidationError("what waits, waits in a hall", "hall")


class Composition(Record):
    """What a piece of the SKU consists of in this order, whatever becomes of the SKU later."""

    sku_id = identifier("sku")
    parts = listed(Part, shortest=1)


class Source(Record):
    """``quantity`` units of the element are taken from this place."""

    element_id = identifier("elm")
    place_id = identifier("whs")
    quantity = integer(1)


class Reserved(Record):
    order_id = identifier("ord")
    expires_at = instant()
    lines = listed(Composition, load_default=list)
    sources = listed(Source, load_default=list, longest=100_000)


class CommitStock(Request):
    request_id = text(80)
    order_id = identifier("ord")


class ReleaseStock(Request):
    """Releasing a reservation that never arrived is accepted, and bars it from arriving late. What was sold before it
    was there is given up as long as nothing is allotted."""

    request_id = text(80)
    order_id = identifier("ord")
    reason = text(80)


class StockOfOrder(Record):
    """``units`` are of elements; ``is_committed``: they have left the stock for this order, and stay gone."""

    order_id = identifier("ord")
    units = integer()
    is_committed = flag(load_default=False)


class PiecesOfSku(Request):
    sku_id = identifier("sku")
    pieces = integer(1, LARGEST_QUANTITY * LARGEST_BASKET)


class WithholdPieces(Request):
    """Some pieces of a confirmed order do not go out, and may be sold again; all that are named, or none. Codes of them
    stay what they are."""

    request_id = text(80)
    order_id = identifier("ord")
    pieces = listed(PiecesOfSku, shortest=1, longest=LARGEST_BASKET)
    reason = text(80)


class ReceiveStock(Request):
    """Units of an element arrive. ``sku_id`` stands for the element of a SKU that has just one; if no place is named,
    they come to the warehouse that is used first."""

    request_id = text(80)
    element_id = identifier("elm", required=False)
    sku_id = identifier("sku", required=False)
    place_id = identifier("whs", required=False)
    quantity = integer(1, 1_000_000)
    reason = text(120)
    actor = text(80)

    @validates_schema
    def names_one_thing(self, data: Mapping[str, Any], **_: Any) -> None:
        if ("element_id" in data) == ("sku_id" in data):
            raise ValidationError("name either an element or a SKU", "element_id")


class StockLevel(Record):
    """Of the element, over all places; ``sku_id`` is the one that was asked for, if any."""

    element_id = identifier("elm", allow_none=True)
    sku_id = identifier("sku", allow_none=True)
    on_hand = integer()
    reserved = integer()


RESERVE_STOCK = Command(
    SERVICE,
    "reserve_stock",
    ReserveStock,
    Reserved,
    refuses=(
        GOODS_UNKNOWN,
        STOCK_INSUFFICIENT,
        RELEASED_BEFORE,
        LIMIT_REACHED,
        LIMIT_MEMBER_NEEDED,
        PLACE_UNKNOWN,
        PLACE_CLOSED,
        PRESALE_UNKNOWN,
        PRESALE_NOT_OPEN,
        QUOTA_REACHED,
        TICKET_UNKNOWN,
        TICKET_EXPIRED,
        TICKET_USED,
    ),
)
COMMIT_STOCK = Command(
    SERVICE, "commit_stock", CommitStock, StockOfOrder, refuses=(RESERVATION_UNKNOWN, RESERVATION_NOT_HELD)
)
RELEASE_STOCK = Command(SERVICE, "release_stock", ReleaseStock, StockOfOrder)
WITHHOLD_PIECES = Command(
    SERVICE,
    "withhold_pieces",
    WithholdPieces,
    StockOfOrder,
    refuses=(RESERVATION_UNKNOWN, PIECES_NOT_THERE, COLLECTED_BEFORE),
)
RECEIVE_STOCK = Command(
    SERVICE,
    "receive_stock",
    ReceiveStock,
    StockLevel,
    refuses=(GOODS_UNKNOWN, ELEMENT_NEEDED, PLACE_UNKNOWN, PLACE_CLOSED, CODES_OF_PARTNER),
)
