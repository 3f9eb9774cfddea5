"""frontTransReq, backTransReq, queryTrans and fileTransfer: signed forms in, signed pairs out."""

import time
from collections.abc import Callable
from datetime import datetime

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from deploy.sandbox.control_http import say
from deploy.sandbox.settings import BEIJING, UNIONPAY_MERCHANT_ID
from deploy.sandbox.store import Store
from deploy.sandbox.switches import Switches
from deploy.sandbox.till.bills import Bills
from deploy.sandbox.till.cashier import refusal_page
from deploy.sandbox.till.control import at_its_pace, disturbed
from deploy.sandbox.till.notices import Notices
from deploy.sandbox.till.trades import PAID, Record, Refused, Trades
from deploy.sandbox.unionpay.bill import file_of
from deploy.sandbox.unionpay.messages import echoed, refund_notice
from deploy.sandbox.unionpay.signing import Seal

OK, MALFORMED, BAD_SIGNATURE, DUPLICATE, INCOMPLETE = "00", "10", "11", "12", "13"
ABSENT, WRONG_ORIGINAL, DIFFERS, NO_FILE = "34", "35", "36", "98"
WORDS = {
    OK: "成功[0000000]",
    MALFORMED: "报文格式错误",
    BAD_SIGNATURE: "验证签名失败",
    DUPLICATE: "重复交易",
    INCOMPLETE: "报文交易要素缺失",
    ABSENT: "查无此交易",
    WRONG_ORIGINAL: "原交易不存在或状态不正确",
    DIFFERS: "与原交易信息不符",
    NO_FILE: "文件不存在",
}
CODES = {"unknown": WRONG_ORIGINAL, "not_paid": WRONG_ORIGINAL, "differs": DIFFERS, "too_much": DIFFERS}
PAY_FOR_S = 3600.0
Fields = dict[str, str]


class Gateway:
    def __init__(
        self, store: Store, trades: Trades, notices: Notices, seal: Seal, faults: Switches, bills: Bills
    ) -> None:
        self._store, self._trades, self._notices, self._seal, self._faults = store, trades, notices, seal, faults
        self._bills = bills

    def register(self, app: Flask) -> None:
        app.add_url_rule("/gateway/api/frontTransReq.do", view_func=self.front, methods=["POST"])
        app.add_url_rule("/gateway/api/backTransReq.do", view_func=self.back, methods=["POST"])
        app.add_url_rule("/gateway/api/queryTrans.do", view_func=self.query, methods=["POST"])

        app.add_url_rule("/fileTransfer.do", view_func=self.file, methods=["POST"])

    def front(self) -> BaseResponse:
        """The buyer's browser comes with the shop's form and gets the cashier."""
        asked = request.form.to_dict()
        problem = self._problem(asked, "txnAmt", "backUrl")
        if problem:
            return refusal_page(problem, 400)
        try:
            trade = self._trades.open(
                asked["orderId"], int(asked["txnAmt"]), f"订单 {asked['orderId']}", _expires_at(asked), dict(asked),
                notify_url=asked["backUrl"], return_url=asked.get("frontUrl", ""),
            )  # fmt: skip
        except Refused as refused:
            return refusal_page(refused.why, 400)
        except ValueError:
            return refusal_page(MALFORMED, 400)
        say("unionpay", f"frontTransReq {trade['number']} opened")
        return redirect(f"/cashier/{trade['token']}", 302)

    def back(self) -> Response:
        return self._answer("refund", self._refund, "txnAmt", "origQryId", "backUrl")

    def query(self) -> Response:
        return self._answer("query", self._found)

    def file(self) -> Response:
        asked = request.form.to_dict()
        if not self._is_of_merchant(asked) or not asked.get("settleDate"):
            return self._signed(asked, {"respCode": MALFORMED})
        try:
            found = file_of(self._bills, asked["settleDate"])
        except ValueError:
            return self._signed(asked, {"respCode": MALFORMED})
        told = {"respCode": OK, **found} if found else {"respCode": NO_FILE, "settleDate": asked["settleDate"]}
        return self._undisturbed("query", lambda: self._signed(asked, told))

    def _answer(self, switch: str, act: Callable[[Fields], Fields], *needed: str) -> Response:
        asked = request.form.to_dict()
        problem = self._problem(asked, *needed)
        if problem:
            return self._signed(asked, {"respCode": problem})
        return self._undisturbed(switch, lambda: self._signed(asked, act(asked)))

    def _undisturbed(self, switch: str, act: Callable[[], Response]) -> Response:
        answered = disturbed(self._faults, switch, act, None)
        return at_its_pace(self._faults, switch, answered) if answered is not None else Response("", 502)

    def _refund(self, asked: Fields) -> Fields:
        trade = self._trades.by_trade_no(asked["origQryId"])
        if not trade or asked.get("txnType") != "04":
            return {"respCode": WRONG_ORIGINAL}
        try:
            with self._store.transaction():
                number = asked["orderId"]
                refund, is_new = self._trades.refund(number, trade["number"], int(asked["txnAmt"]), dict(asked))
                if is_new:
                    self._notices.add(asked["backUrl"], refund_notice(refund, trade))
        except Refused as refused:
            return {"respCode": CODES[refused.why]}
        if not is_new:
            return {"respCode": DUPLICATE}
        return {"respCode": OK, "queryId": refund["refund_no"], "origQryId": trade["trade_no"]}

    def _found(self, asked: Fields) -> Fields:
        """By number and time, as UnionPay knows an order; unpaid ones it does not tell of."""
        refund = self._trades.find_refund(asked["orderId"])
        try:
            found = refund or self._trades.get(asked["orderId"])
        except Refused:
            return {"respCode": ABSENT}
        if found["request"]["txnTime"] != asked["txnTime"]:
            return {"respCode": ABSENT}
        if refund:
            return _told(refund, refund["refund_no"], refund["amount_fen"])
        if found["status"] != PAID:
            return {"respCode": ABSENT}
        return _told(found, found["trade_no"], found["total_fen"])

    def _problem(self, asked: Fields, *needed: str) -> str | None:
        if not _is_for_us(asked):
            return MALFORMED
        if not all(asked.get(name) for name in ("orderId", "txnTime", *needed)):
            return INCOMPLETE
        if not asked["orderId"].isalnum() or not 8 <= len(asked["orderId"]) <= 40:
            return MALFORMED
        return None if self._seal.is_of_merchant(asked) else BAD_SIGNATURE

    def _is_of_merchant(self, asked: Fields) -> bool:
        return _is_for_us(asked) and self._seal.is_of_merchant(asked)

    def _signed(self, asked: Fields, answer: Fields) -> Response:
        code = answer["respCode"]
        say("unionpay", f"{request.path} {asked.get('orderId', '')} {code}")
        fields = self._seal.signed({**echoed(asked), **answer, "respMsg": WORDS[code]})
        return Response("&".join(f"{name}={value}" for name, value in sorted(fields.items())), mimetype="text/html")


def _is_for_us(asked: Fields) -> bool:
    return asked.get("version") == "5.1.0" and asked.get("merId") == UNIONPAY_MERCHANT_ID


def _told(record: Record, number: str, amount_fen: int) -> Fields:
    return {
        "respCode": OK,
        "origRespCode": OK,
        "origRespMsg": WORDS[OK],
        "queryId": number,
        "txnAmt": str(amount_fen),
        "settleAmt": str(amount_fen),
        "currencyCode": "156",
        "traceTime": record["request"]["txnTime"][4:],
    }


def _expires_at(asked: Fields) -> float:
    """Raises ValueError for what is no time."""
    if not asked.get("payTimeout"):
        return time.time() + PAY_FOR_S
    return datetime.strptime(asked["payTimeout"], "%Y%m%d%H%M%S").replace(tzinfo=BEIJING).timestamp()
