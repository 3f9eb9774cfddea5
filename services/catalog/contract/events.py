"""What happened to the stock of an order."""

from services.catalog.contract.vocabulary import LARGEST_BASKET, LARGEST_CODES_A_PIECE, LARGEST_QUANTITY, SERVICE
from services.chassis.contract import Event
from services.chassis.schemas import Record, identifier, integer, listed, text


class StockSettledData(Record):
    """``units`` are of elements."""

    order_id = identifier("ord")
    units = integer()


class IssuedCode(Record):
    """``element_id`` is null in what was told before SKUs had elements: then it is the SKU's own. The names are those
    of the element; what was told before codes had names has none."""

    sku_id = identifier("sku")
    element_id = identifier("elm", allow_none=True)
    name_zh = text(200, shortest=0, load_default="")
    name_en = text(200, shortest=0, load_default="")
    code = text(60)
    valid_until = text(10, allow_none=True)


class CodesIssuedData(Record):
    """What an order gets by code, handed over: one code a unit, each issued once for ever."""

    order_id = identifier("ord")
    member_id = identifier("mbr")
    codes = listed(IssuedCode, shortest=1, longest=LARGEST_QUANTITY * LARGEST_BASKET * LARGEST_CODES_A_PIECE)


STOCK_COMMITTED = Event(SERVICE, "stock.committed.v1", StockSettledData)
STOCK_RELEASED = Event(SERVICE, "stock.released.v1", StockSettledData)
CODES_ISSUED = Event(SERVICE, "codes.issued.v1", CodesIssuedData)
