"""What only a sandbox has: notifications again, late or false; trades as JSON and as a page."""

import time
from typing import Any

from flask import Flask
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from deploy.sandbox.alipay import refusal
from deploy.sandbox.alipay.money import yuan
from deploy.sandbox.alipay.notices import Notices, is_accepted, trade_fields
from deploy.sandbox.alipay.refunds import Refunds
from deploy.sandbox.alipay.trades import TRADE_SUCCESS, Record, Trades
from deploy.sandbox.control_http import json_body, text_field
from deploy.sandbox.human_page import Link, Table, render_page
from deploy.sandbox.settings import beijing_text
from deploy.sandbox.switches import Switches, add_switches

COLUMNS = (
    "商户单号 out_trade_no",
    "支付宝单号 trade_no",
    "商品 subject",
    "金额 amount",
    "已退 refunded",
    "状态 status",
    "创建 created",
    "收银台 cashier",
    "通知 notifications",
)
MODES = ("again", "wrong_amount", "wrong_sign", "late")


class AlipayControl:
    def __init__(self, trades: Trades, refunds: Refunds, notices: Notices, faults: Switches) -> None:
        self._trades, self._refunds, self._notices, self._faults = trades, refunds, notices, faults

    def register(self, app: Flask) -> None:
        app.add_url_rule("/", view_func=self.page)
        app.add_url_rule("/control/trades/<out_trade_no>", view_func=self.trade)
        app.add_url_rule("/control/notify", view_func=self.notify, methods=["POST"])
        add_switches(app, "/control/faults", self._faults)

    def trade(self, out_trade_no: str) -> dict[str, Any]:
        trade = self._known(out_trade_no)
        names = ("out_trade_no", "trade_no", "subject", "notify_url", "return_url")
        return {
            **{name: trade[name] for name in names},
            "trade_status": trade["status"],
            "total_amount": yuan(trade["total_fen"]),
            "refunded_amount": yuan(trade["refunded_fen"]),
            "cashier_path": f"/cashier/{trade['token']}",
            "created_at": beijing_text(trade["created_at"]),
            "expires_at": beijing_text(trade["expires_at"]),
            "paid_at": beijing_text(trade["paid_at"]) if trade["paid_at"] else None,
            "closed_at": beijing_text(trade["closed_at"]) if trade["closed_at"] else None,
            "refunds": [_refund_json(refund) for refund in self._refunds.of(trade)],
            "notices": [_notice_json(notice) for notice in self._notices.of(trade)],
        }

    def notify(self) -> dict[str, Any]:
        """again: the last notice. late: the one of the payment, whatever came after. The others are attacks."""
        body = json_body()
        trade, mode = self._known(text_field(body, "out_trade_no")), text_field(body, "mode")
        if mode not in MODES:
            raise BadRequest(f"mode is one of {', '.join(MODES)}")
        fields = self._sent_fields(trade, mode) if mode in ("again", "late") else _attack_fields(trade, mode)
        answer = self._notices.send(trade["notify_url"], fields, spoil_sign=mode == "wrong_sign")
        return {**answer.as_json(), "accepted": is_accepted(answer)}

    def _sent_fields(self, trade: Record, mode: str) -> dict[str, str]:
        notices = self._notices.of(trade)
        if mode == "late":
            notices = [notice for notice in notices if notice["trade_status"] == TRADE_SUCCESS][:1]
        if not notices:
            raise Conflict("there is no such notice of this trade yet")
        return dict(notices[-1]["fields"])

    def page(self) -> str:
        rows = [self._row(trade) for trade in self._trades.latest(100)]
        intro = "商城发起的交易。点收银台即可付款。 Trades the mall has opened; the cashier link pays."
        return render_page("支付宝沙箱 Alipay sandbox", intro, [Table("交易 Trades", COLUMNS, rows)])

    def _row(self, trade: Record) -> tuple[object, ...]:
        told = "\n".join(
            f"{notice['trade_status']} {'success' if notice['accepted_at'] else '等待 waiting'}"
            for notice in self._notices.of(trade)
        )
        return (
            trade["out_trade_no"], trade["trade_no"], trade["subject"], yuan(trade["total_fen"]),
            yuan(trade["refunded_fen"]), trade["status"], beijing_text(trade["created_at"]),
            Link(f"/cashier/{trade['token']}", "打开 open"), told,
        )  # fmt: skip

    def _known(self, out_trade_no: str) -> Record:
        try:
            return self._trades.get({"out_trade_no": out_trade_no})
        except refusal.Refused:
            raise NotFound("no such trade") from None


def _attack_fields(trade: Record, mode: str) -> dict[str, str]:
    """A payment that never was, under a notify_id that no receiver has seen."""
    total_fen = trade["total_fen"] + (1 if mode == "wrong_amount" else 0)
    pretended = {**trade, "status": TRADE_SUCCESS, "total_fen": total_fen, "paid_at": trade["paid_at"] or time.time()}
    return trade_fields(pretended)


def _refund_json(refund: Record) -> dict[str, Any]:
    return {
        "out_request_no": refund["out_request_no"],
        "refund_amount": yuan(refund["amount_fen"]),
        "refund_reason": refund["reason"],
        "refunded_at": beijing_text(refund["refunded_at"]),
    }


def _notice_json(notice: Record) -> dict[str, Any]:
    names = ("notify_id", "trade_status")
    return {**{name: notice[name] for name in names}, "accepted": notice["accepted_at"] is not None}
