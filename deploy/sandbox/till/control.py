"""What only a sandbox has: notifications again, late or false; trades as JSON and as a page."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from deploy.sandbox.control_http import json_body, text_field
from deploy.sandbox.human_page import Link, Table, render_page
from deploy.sandbox.settings import beijing_text
from deploy.sandbox.switches import Switches, add_switches
from deploy.sandbox.till.money import yuan
from deploy.sandbox.till.notices import Notice, Notices, new_notice_id
from deploy.sandbox.till.trades import PAID, Record, Refused, Trades, new_number

COLUMNS = (
    "商户单号 number",
    "渠道单号 trade_no",
    "商品 subject",
    "金额 amount",
    "已退 refunded",
    "状态 status",
    "收银台 cashier",
    "通知 notifications",
)
MODES = ("again", "wrong_amount", "wrong_sign", "late")
ANSWERING = ("ok", "hang", "error", "trickle")
TRICKLE_EVERY_S = 0.05


@dataclass(frozen=True)
class Control:
    title: str
    trades: Trades
    notices: Notices
    faults: Switches
    paid_notice: Callable[[Record], Notice]

    def register(self, app: Flask) -> None:
        app.add_url_rule("/", view_func=self.page)
        app.add_url_rule("/control/trades/<number>", view_func=self.trade)
        app.add_url_rule("/control/notify", view_func=self.notify, methods=["POST"])
        add_switches(app, "/control/faults", self.faults)

    def trade(self, number: str) -> dict[str, Any]:
        trade = self._known(number)
        names = ("number", "trade_no", "subject", "notify_url", "return_url", "status", "total_fen", "refunded_fen")
        return {
            **{name: trade[name] for name in names},
            "cashier_path": f"/cashier/{trade['token']}",
            "expires_at": beijing_text(trade["expires_at"]),
            "paid_at": beijing_text(trade["paid_at"]) if trade["paid_at"] else None,
            "refunds": [
                {"number": refund["number"], "amount_fen": refund["amount_fen"]}
                for refund in self.trades.refunds_of(number)
            ],
            "notices": [
                {"notice_id": notice.notice_id, "what": notice.what, "accepted": notice.accepted}
                for notice in self.notices.of(number)
            ],
        }

    def notify(self) -> dict[str, Any]:
        """again: the last notice. late: the one of the payment, whatever came after. The others are attacks."""
        body = json_body()
        trade, mode = self._known(text_field(body, "number")), text_field(body, "mode")
        if mode not in MODES:
            raise BadRequest(f"mode is one of {', '.join(MODES)}")
        notice = self._sent(trade, mode) if mode in ("again", "late") else self._attack(trade, mode)
        answer = self.notices.send(trade["notify_url"], notice, spoil=mode == "wrong_sign")
        return {**answer.as_json(), "accepted": self.notices.is_accepted(answer)}

    def _sent(self, trade: Record, mode: str) -> Notice:
        notices = self.notices.of(trade["number"])
        if mode == "late":
            notices = [notice for notice in notices if notice.what == "payment"][:1]
        if not notices:
            raise Conflict("there is no such notice of this trade yet")
        return notices[-1]

    def _attack(self, trade: Record, mode: str) -> Notice:
        """A payment that never was, under numbers that no receiver has seen."""
        total_fen = trade["total_fen"] + (1 if mode == "wrong_amount" else 0)
        changes = {"status": PAID, "total_fen": total_fen, "trade_no": new_number(21)}
        pretended = {**trade, **changes, "paid_at": trade["paid_at"] or time.time()}
        return replace(self.paid_notice(pretended), notice_id=new_notice_id())

    def page(self) -> str:
        rows = [self._row(trade) for trade in self.trades.latest(100)]
        intro = "商城发起的交易。点收银台即可付款。 Trades the mall has opened; the cashier link pays."
        return render_page(self.title, intro, [Table("交易 Trades", COLUMNS, rows)])

    def _row(self, trade: Record) -> tuple[object, ...]:
        sent = self.notices.of(trade["number"])
        told = "\n".join(f"{notice.what} {'已接收 taken' if notice.accepted else '等待 waiting'}" for notice in sent)
        return (
            trade["number"], trade["trade_no"], trade["subject"], yuan(trade["total_fen"]), yuan(trade["refunded_fen"]),
            trade["status"], Link(f"/cashier/{trade['token']}", "打开 open"), told,
        )  # fmt: skip

    def _known(self, number: str) -> Record:
        try:
            return self.trades.get(number)
        except Refused:
            raise NotFound("no such trade") from None


def disturbed(faults: Switches, name: str, act: Callable[[], Any], out_of_order: Any) -> Any:
    """``act()``, unless the switch says otherwise. What hangs was done first: the client cannot know, it has to ask."""
    if faults[name] == "error":
        return out_of_order
    done = act()
    faults.wait_while(name, "hang")
    return done


def at_its_pace(faults: Switches, name: str, response: Response) -> Response:
    """As long as it announces to be, and all at once, unless the switch says otherwise."""
    if faults[name] == "trickle":
        body = response.get_data()
        response.response = _trickling(faults, name, body)
        response.headers["Content-Length"] = str(len(body))
    return response


def _trickling(faults: Switches, name: str, body: bytes) -> Iterator[bytes]:
    """A byte at a time, and what is left when it is switched back."""
    for sent, byte in enumerate(body):
        if faults[name] != "trickle":
            yield body[sent:]
            return
        yield bytes([byte])
        time.sleep(TRICKLE_EVERY_S)
