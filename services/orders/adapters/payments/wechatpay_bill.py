"""WeChat Pay's trade bill: UTF-8, every value after a backtick, the totals in the last line.

https://pay.weixin.qq.com/doc/v3/merchant/4012556654 — a trade that was refunded has a line for each.
"""

from collections.abc import Iterator
from typing import IO

from services.orders.adapters.payments.bill_files import Tally, fen_of, lines_of, moment_of, require
from services.orders.domain.bill import REFUND, TRADE, BillLine

FIRST_COLUMN, TOTALS = "交易时间", "总交易单数"
MOVED_NOTHING = ("FAIL", "CHANGE")  # refunds that did not come about


def read_wechatpay_bill(file: IO[bytes]) -> Iterator[BillLine]:
    lines = lines_of(file, "utf-8-sig")
    header = next(lines, "")
    require(header.startswith(FIRST_COLUMN), "there is no header")
    names, tally, totals = header.split(","), Tally.empty(), ""
    for text in lines:
        if text.startswith(TOTALS):
            totals = text
            break
        row = _row(names, text)
        kind = REFUND if row["交易状态"] == "REFUND" else TRADE
        line = _line(kind, row)
        tally.add(kind, line.amount_fen)
        if kind == TRADE or row["退款状态"] not in MOVED_NOTHING:
            yield line
    require(bool(totals), "cut off: the totals are missing")
    _compare(tally, _row(totals.split(","), next(lines, "")))


def _row(names: list[str], text: str) -> dict[str, str]:
    """A value may have commas in it, but none with a backtick after it."""
    values = text.removeprefix("`").split(",`")
    require(text.startswith("`") and len(values) == len(names), "a line that is none of WeChat Pay's")
    return dict(zip(names, values, strict=True))


def _line(kind: str, row: dict[str, str]) -> BillLine:
    is_trade = kind == TRADE
    return BillLine(
        kind=kind,
        number=row["商户订单号"] if is_trade else row["商户退款单号"],
        provider_no=row["微信订单号"] if is_trade else row["微信退款单号"],
        amount_fen=fen_of(row["订单金额"] if is_trade else row["申请退款金额"]),
        fee_fen=fen_of(row["手续费"]),
        at=moment_of(row["交易时间"]),
    )


def _compare(tally: Tally, said: dict[str, str]) -> None:
    require(said["总交易单数"] == str(sum(tally.count.values())), "not as many lines as it says")
    is_so = (fen_of(said["订单总金额"]), fen_of(said["申请退款总金额"])) == (tally.fen[TRADE], tally.fen[REFUND])
    require(is_so, "the lines do not sum to their totals")
