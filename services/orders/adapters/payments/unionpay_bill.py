"""UnionPay's 对账文件: ``fileContent`` is a zip, made small by zlib and written in base64.

The ZM file in it has a trade a line, in columns of fixed width with a blank between them.

The widths are those of its own acpsdk (open.unionpay.com). A merchant's number has 32 characters there, fewer than it
may have in a request: ours have no more.
"""

from base64 import b64decode
from collections.abc import Iterator
from datetime import date
from itertools import accumulate

from services.orders.adapters.payments.bill_files import inflated, lines_of, moment_of, require, unzipped
from services.orders.domain.bill import REFUND, TRADE, BillLine, BillNotGenuine

WIDTHS = (3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2)  # and more that nobody needs here
TRANSMITTED_AT, AMOUNT, QUERY_ID, ORDER_ID, FEE, TXN_TYPE = 4, 6, 9, 11, 15, 19
_STARTS = [0, *accumulate(width + 1 for width in WIDTHS)]
KINDS = {"01": TRADE, "04": REFUND}
SIGNS = {"C": -1, "D": 1}  # credited to the merchant, or debited: a fee is a debit


def unpacked(content: str) -> bytes:
    """Raises BillNotGenuine."""
    try:
        return b64decode(content, validate=True)
    except ValueError as problem:
        raise BillNotGenuine(f"not base64: {problem}") from problem


def read_unionpay_bill(packed: bytes, day: date) -> Iterator[BillLine]:
    with inflated(packed) as archive:
        lines = lines_of(unzipped(archive, "ZM_"), "gb18030")
    for line in lines:
        if line.strip():
            values = [line[start : start + width].strip() for start, width in zip(_STARTS, WIDTHS, strict=False)]
            require(values[TXN_TYPE] in KINDS, "a line that is none of UnionPay's, or cut off")
            yield _line(values, day)


def _line(values: list[str], day: date) -> BillLine:
    require(values[AMOUNT].isdigit() and values[FEE][:1] in SIGNS, "a line without its amounts")
    return BillLine(
        kind=KINDS[values[TXN_TYPE]],
        number=values[ORDER_ID],
        provider_no=values[QUERY_ID],
        amount_fen=int(values[AMOUNT]),
        fee_fen=SIGNS[values[FEE][0]] * _whole(values[FEE][1:]),
        at=moment_of(f"{_year_of(values[TRANSMITTED_AT], day)}{values[TRANSMITTED_AT]}", "%Y%m%d%H%M%S"),
    )


def _whole(fen: str) -> int:
    require(fen.isdigit(), f"not an amount: {fen!r}")
    return int(fen)


def _year_of(transmitted_at: str, day: date) -> int:
    """It is told without its year: that of the bill, or the one before if it lies at the turn of the year."""
    return day.year - (transmitted_at[:2] == "12" and day.month == 1)
