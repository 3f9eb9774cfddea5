"""Commands on stock: reserve, commit, release, receive."""

from services.catalog.contract.vocabulary import (
    GOODS_UNKNOWN,
    LARGEST_BASKET,
    LARGEST_QUANTITY,
    RELEASED_BEFORE,
    RESERVATION_NOT_HELD,
    RESERVATION_UNKNOWN,
    SERVICE,
    STOCK_INSUFFICIENT,
)
from services.chassis.contract import Command
from services.chassis.schemas import Record, Request, identifier, instant, integer, listed, text


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


RESERVE_STOCK = Command(
    SERVICE, "reserve_stock", ReserveStock, Reserved, refuses=(GOODS_UNKNOWN, STOCK_INSUFFICIENT, RELEASED_BEFORE)
)
COMMIT_STOCK = Command(
    SERVICE, "commit_stock", CommitStock, StockOfOrder, refuses=(RESERVATION_UNKNOWN, RESERVATION_NOT_HELD)
)
RELEASE_STOCK = Command(SERVICE, "release_stock", ReleaseStock, StockOfOrder)
RECEIVE_STOCK = Command(SERVICE, "receive_stock", ReceiveStock, StockLevel, refuses=(GOODS_UNKNOWN,))
