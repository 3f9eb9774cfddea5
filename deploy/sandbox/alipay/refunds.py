"""Refunds: partial ones as often as the amount allows, each once per out_request_no."""

import time
from dataclasses import dataclass
from typing import Any

from deploy.sandbox.alipay import refusal
from deploy.sandbox.alipay.money import fen
from deploy.sandbox.alipay.trades import Record, Trades
from deploy.sandbox.store import Store

REFUNDS_SCHEMA = """
CREATE TABLE IF NOT EXISTS refunds (
    trade_no TEXT NOT NULL REFERENCES trades (trade_no), out_request_no TEXT NOT NULL,
    amount_fen INTEGER NOT NULL, reason TEXT NOT NULL, refunded_at REAL NOT NULL,
    PRIMARY KEY (trade_no, out_request_no)
);
"""


@dataclass(frozen=True)
class Refunded:
    """is_new is False for a request that was there already; trade is as it stands afterwards."""

    trade: Record
    refund: Record
    is_new: bool


class Refunds:
    def __init__(self, store: Store, trades: Trades) -> None:
        self._store, self._trades = store, trades

    def refund(self, content: dict[str, Any]) -> Refunded:
        """Raises Refused."""
        try:
            amount_fen = fen(content.get("refund_amount"))
        except ValueError as error:
            raise refusal.invalid_parameter(str(error)) from error
        with self._store.transaction():
            trade = self._trades.get(content)
            request_no = self._request_no(content, trade, amount_fen)
            known = self.find(trade, request_no)
            if known:
                _check_same_amount(known, amount_fen)
                return Refunded(trade, known, False)
            _check_refundable(trade, amount_fen)
            return self._new(trade, request_no, amount_fen, str(content.get("refund_reason") or ""))

    def _new(self, trade: Record, request_no: str, amount_fen: int, reason: str) -> Refunded:
        self._store.execute(
            "INSERT INTO refunds VALUES (?, ?, ?, ?, ?)",
            trade["trade_no"], request_no, amount_fen, reason, time.time(),
        )  # fmt: skip
        trade = self._trades.add_refund(trade, amount_fen)
        refund = self.find(trade, request_no)
        return Refunded(trade, refund or {}, True)

    def find(self, trade: Record, request_no: str) -> Record | None:
        sql = "SELECT * FROM refunds WHERE trade_no = ? AND out_request_no = ?"
        row = self._store.row(sql, trade["trade_no"], request_no)
        return dict(row) if row else None

    def of(self, trade: Record) -> list[Record]:
        sql = "SELECT * FROM refunds WHERE trade_no = ? ORDER BY refunded_at"
        return [dict(row) for row in self._store.rows(sql, trade["trade_no"])]

    def _request_no(self, content: dict[str, Any], trade: Record, amount_fen: int) -> str:
        """Without one, the refund is of the whole amount and known by the trade's own number."""
        if content.get("out_request_no"):
            return str(content["out_request_no"])
        if amount_fen != trade["total_fen"]:
            raise refusal.invalid_parameter("out_request_no")
        return str(trade["out_trade_no"])


def _check_same_amount(known: Record, amount_fen: int) -> None:
    if known["amount_fen"] != amount_fen:
        raise refusal.Refused("ACQ.DISCORDANT_REPEAT_REQUEST", "请求信息不一致")


def _check_refundable(trade: Record, amount_fen: int) -> None:
    if not trade["paid_at"]:
        raise refusal.trade_status_error()
    if trade["refunded_fen"] + amount_fen > trade["total_fen"]:
        raise refusal.Refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
