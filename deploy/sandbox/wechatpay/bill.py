"""/v3/bill/tradebill: the hash of the file in a signed answer, the file itself for who signs the request."""

import gzip
from collections.abc import Callable
from hashlib import sha1
from typing import Any

from flask import Flask, Response, request

from deploy.sandbox.settings import WECHATPAY_APP_ID, WECHATPAY_MERCHANT_ID, beijing_text
from deploy.sandbox.till.bills import PAYMENT, Bills, Entry
from deploy.sandbox.till.money import yuan
from deploy.sandbox.wechatpay.messages import PAYER
from deploy.sandbox.wechatpay.signing import Seal

BILL, FILE = "/v3/bill/tradebill", "/v3/billdownload/file"
NAMES = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
Answer = tuple[int, dict[str, Any] | None]


class BillDesk:
    """``public_url`` is where files are fetched."""

    def __init__(self, bills: Bills, seal: Seal, public_url: str) -> None:
        self._bills, self._seal, self._public_url = bills, seal, public_url

    def register(self, app: Flask, answer: Callable[[str, Callable[[dict[str, Any]], Answer]], Response]) -> None:
        """``answer`` checks who asks and signs what is said, as for everything else."""
        app.add_url_rule(BILL, "bill", lambda: answer("query", self.announced))
        app.add_url_rule(FILE, view_func=self.file)

    def announced(self, _: dict[str, Any]) -> Answer:
        """Raises ValueError for what is no day."""
        day = request.args.get("bill_date", "")
        entries = self._bills.of(day)
        if entries is None:
            return 400, {"code": "NO_STATEMENT_EXIST", "message": "请求的账单文件不存在"}
        content = self._content(day, entries)
        address = f"{self._public_url}{FILE}?token={day}"
        return 200, {"hash_type": "SHA1", "hash_value": sha1(content).hexdigest(), "download_url": address}  # noqa: S324

    def file(self) -> Response:
        if not self._seal.is_of_merchant(request.headers.get("Authorization", ""), "GET", request.full_path, ""):
            return Response(status=401)
        day = request.args.get("token", "")
        content = self._content(day, self._bills.of(day) or [])
        if self._bills.is_spoiled(day, "corrupt"):
            content = content[: len(content) * 2 // 3]
        return Response(gzip.compress(content), content_type="application/x-gzip")

    def _content(self, day: str, entries: list[Entry]) -> bytes:
        more_fen = 100 if self._bills.is_spoiled(day, "wrong_totals") else 0
        lines = [NAMES, *(_line(entry) for entry in entries), TOTALS, _totals(entries, more_fen)]
        return "\r\n".join(lines).encode("utf-8-sig")


def _line(entry: Entry) -> str:
    is_trade = entry.what == PAYMENT
    paid, back = (yuan(entry.amount_fen), "0.00") if is_trade else ("0.00", yuan(entry.amount_fen))
    refund_no, out_refund_no, state = ("0", "0", "") if is_trade else (entry.own_no, entry.number, "SUCCESS")
    return _written(
        beijing_text(entry.at), WECHATPAY_APP_ID, WECHATPAY_MERCHANT_ID, "0", "", entry.trade_no, entry.of_number,
        PAYER, "MWEB", "SUCCESS" if is_trade else "REFUND", "CMC_DEBIT", "CNY", paid, "0.00", refund_no, out_refund_no,
        back, "0.00", "" if is_trade else "ORIGINAL", state, "积分商城订单,2件", "", _fee(entry.fee_fen), "0.60%", paid,
        back, "",
    )  # fmt: skip


def _totals(entries: list[Entry], more_fen: int) -> str:
    paid = sum(entry.amount_fen for entry in entries if entry.what == PAYMENT) + more_fen
    back = sum(entry.amount_fen for entry in entries if entry.what != PAYMENT)
    fee = sum(entry.fee_fen for entry in entries)
    return _written(str(len(entries)), yuan(paid), yuan(back), "0.00", _fee(fee), yuan(paid), yuan(back))


def _fee(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{yuan(abs(fen))}000"


def _written(*values: str) -> str:
    return ",".join(f"`{value}" for value in values)
