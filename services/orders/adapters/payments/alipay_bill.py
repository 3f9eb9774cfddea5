"""Alipay's 业务明细: a zip with a CSV in GBK, its lines between two marks, its totals below them.

https://opendocs.alipay.com/open/204/106262 — values end in a tab, refunds are negative, so is the fee of a trade.
"""

import csv
import re
from collections.abc import Iterator
from typing import IO

from services.orders.adapters.payments.bill_files import Tally, fen_of, lines_of, moment_of, require, unzipped
from services.orders.domain.bill import REFUND, TRADE, BillLine

FIRST_COLUMN, END = "支付宝交易号", "业务明细列表结束"
KINDS = {"交易": TRADE, "退款": REFUND}
_TOTAL = {
    TRADE: re.compile(r"#交易合计：(\d+)笔，商家实收共(-?[\d.]+)元"),
    REFUND: re.compile(r"#退款合计：(\d+)笔，商家实收退款共(-?[\d.]+)元"),
}


def read_alipay_bill(packed: IO[bytes]) -> Iterator[BillLine]:
    with packed:
        lines = lines_of(unzipped(packed, "业务明细", "汇总"), "gb18030")
    header = next((line for line in lines if line.startswith(FIRST_COLUMN)), None)
    require(header is not None, "there is no header")
    names, tally = [name.strip() for name in str(header).split(",")], Tally.empty()
    for line in lines:
        if line.startswith("#"):
            require(END in line, "the list has no end")
            break
        row = dict(zip(names, (value.strip() for value in next(csv.reader([line]))), strict=False))
        require(row.keys() == set(names) and row["业务类型"] in KINDS, "a line that is none of Alipay's")
        kind = KINDS[row["业务类型"]]
        tally.add(kind, abs(fen_of(row["商家实收（元）"])))
        yield _line(kind, row)
    _compare(tally, "\n".join(lines))


def _line(kind: str, row: dict[str, str]) -> BillLine:
    return BillLine(
        kind=kind,
        number=row["商户订单号"] if kind == TRADE else row["退款批次号/请求号"],
        provider_no=row["支付宝交易号"],
        amount_fen=abs(fen_of(row["订单金额（元）"])),
        fee_fen=-fen_of(row["服务费（元）"] or "0"),
        at=moment_of(row["完成时间"]),
    )


def _compare(tally: Tally, footer: str) -> None:
    for kind, pattern in _TOTAL.items():
        said = pattern.search(footer)
        require(said is not None, "cut off: the totals are missing")
        if said:
            is_so = (int(said[1]), abs(fen_of(said[2]))) == (tally.count[kind], tally.fen[kind])
            require(is_so, f"the {kind}s do not sum to their total")
