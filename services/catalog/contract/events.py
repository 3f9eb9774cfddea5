"""What happened to the stock of an order."""

from services.catalog.contract.vocabulary import LARGEST_BASKET, LARGEST_QUANTITY, SERVICE
from services.chassis.contract import Event
from services.chassis.schemas import Record, identifier, integer, listed, text


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
