"""/v3: signed JSON. Refusals carry WeChat Pay's codes, {"code", "message"}, with its statuses."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, Response, request

from deploy.sandbox.control_http import say
from deploy.sandbox.settings import WECHATPAY_APP_ID, WECHATPAY_MERCHANT_ID
from deploy.sandbox.store import Store
from deploy.sandbox.switches import Switches
from deploy.sandbox.till.control import at_its_pace, disturbed
from deploy.sandbox.till.notices import Notices
from deploy.sandbox.till.trades import Refused, Trades
from deploy.sandbox.wechatpay.bill import BillDesk
from deploy.sandbox.wechatpay.messages import refund_notice, refunded, transaction
from deploy.sandbox.wechatpay.signing import Seal

ORDERS, REFUNDS = "/v3/pay/transactions", "/v3/refund/domestic/refunds"
Answer = tuple[int, dict[str, Any] | None]


def refusal(status: int, code: str, message: str) -> Answer:
    return status, {"code": code, "message": message}


INVALID = refusal(400, "PARAM_ERROR", "参数错误")
REFUSALS = {
    "unknown": refusal(404, "ORDER_NOT_EXIST", "订单不存在"),
    "closed": refusal(400, "ORDER_CLOSED", "订单已关闭"),
    "paid": refusal(400, "ORDERPAID", "订单已支付"),
    "differs": refusal(400, "INVALID_REQUEST", "订单号对应的信息与之前不一致"),
    "not_paid": refusal(400, "INVALID_REQUEST", "订单未支付"),
    "too_much": refusal(403, "NOT_ENOUGH", "退款金额大于可退金额"),
}


class Gateway:
    """``public_url`` is where browsers find the cashier."""

    def __init__(
        self, store: Store, trades: Trades, notices: Notices, seal: Seal, faults: Switches, public_url: str
    ) -> None:
        self._store, self._trades, self._notices, self._seal = store, trades, notices, seal
        self._faults, self._public_url = faults, public_url

    def register(self, app: Flask, bill_desk: BillDesk) -> None:
        bill_desk.register(app, self._answer)
        app.add_url_rule(f"{ORDERS}/h5", "open", lambda: self._answer("open", self._open), methods=["POST"])
        number = f"{ORDERS}/out-trade-no/<number>"
        app.add_url_rule(number, "query", lambda number: self._answer("query", lambda _: self._query(number)))
        app.add_url_rule(
            f"{number}/close",
            "close",
            lambda number: self._answer("close", lambda _: self._close(number)),
            methods=["POST"],
        )
        app.add_url_rule(REFUNDS, "refund", lambda: self._answer("refund", self._refund), methods=["POST"])
        app.add_url_rule(
            f"{REFUNDS}/<number>", "find", lambda number: self._answer("query", lambda _: self._find_refund(number))
        )

    def _open(self, asked: dict[str, Any]) -> Answer:
        if asked.get("appid") != WECHATPAY_APP_ID or asked.get("mchid") != WECHATPAY_MERCHANT_ID:
            return refusal(400, "APPID_MCHID_NOT_MATCH", "appid 和 mchid 不匹配")
        number = asked["out_trade_no"]
        if not 6 <= len(number) <= 32 or not asked["scene_info"]["payer_client_ip"] or not asked["notify_url"]:
            return INVALID
        expires_at = datetime.fromisoformat(asked["time_expire"]).timestamp()
        trade = self._trades.open(
            number,
            int(asked["amount"]["total"]),
            asked["description"],
            expires_at,
            asked,
            notify_url=asked["notify_url"],
        )
        return 200, {"h5_url": f"{self._public_url}/cashier/{trade['token']}?package={trade['trade_no']}"}

    def _query(self, number: str) -> Answer:
        if request.args.get("mchid") != WECHATPAY_MERCHANT_ID:
            return INVALID
        return 200, transaction(self._trades.get(number))

    def _close(self, number: str) -> Answer:
        self._trades.close(number)
        return 204, None

    def _refund(self, asked: dict[str, Any]) -> Answer:
        with self._store.transaction():
            trade = self._trades.get(asked["out_trade_no"])
            if asked["amount"]["total"] != trade["total_fen"]:
                return REFUSALS["differs"]
            amount_fen = int(asked["amount"]["refund"])
            refund, is_new = self._trades.refund(asked["out_refund_no"], trade["number"], amount_fen, asked)
            if is_new:
                self._notices.add(asked.get("notify_url", ""), refund_notice(refund, trade))
        return 200, refunded(refund, trade)

    def _find_refund(self, number: str) -> Answer:
        refund = self._trades.find_refund(number)
        if not refund:
            return refusal(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return 200, refunded(refund, self._trades.get(refund["of_number"]))

    def _answer(self, switch: str, act: Callable[[dict[str, Any]], Answer]) -> Response:
        body = request.get_data(as_text=True)
        path = request.full_path if request.query_string else request.path
        if not self._seal.is_of_merchant(request.headers.get("Authorization", ""), request.method, path, body):
            status, content = refusal(401, "SIGN_ERROR", "签名错误")
        else:
            out_of_order = refusal(500, "SYSTEM_ERROR", "系统错误")
            status, content = disturbed(self._faults, switch, lambda: _tried(act, body), out_of_order)
        text = json.dumps(content, ensure_ascii=False) if content is not None else ""
        say("wechatpay", f"{request.method} {request.path} {status} {(content or {}).get('code', '')}")
        answered = Response(text, status, self._seal.headers(text), content_type="application/json")
        return at_its_pace(self._faults, switch, answered)


def _tried(act: Callable[[dict[str, Any]], Answer], body: str) -> Answer:
    try:
        asked = json.loads(body) if body else {}
        return act(asked) if isinstance(asked, dict) else INVALID
    except Refused as refused:
        return REFUSALS[refused.why]
    except (KeyError, TypeError, ValueError):
        return INVALID
