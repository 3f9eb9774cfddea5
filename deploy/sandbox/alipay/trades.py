"""Trades: WAIT_BUYER_PAY -> TRADE_SUCCESS -> TRADE_CLOSED (all refunded), or WAIT_BUYER_PAY -> TRADE_CLOSED."""

import json
import secrets
import time
from datetime import datetime
from typing import Any

from deploy.sandbox.alipay import refusal
from deploy.sandbox.alipay.expiry import expires_at
from deploy.sandbox.alipay.money import fen
from deploy.sandbox.settings import BEIJING
from deploy.sandbox.store import Store

TRADES_SCHEMA = """
CREATE TABLE IF NOT EXISTS trades (
    out_trade_no TEXT PRIMARY KEY, trade_no TEXT NOT NULL UNIQUE, token TEXT NOT NULL UNIQUE,
    method TEXT NOT NULL, subject TEXT NOT NULL, total_fen INTEGER NOT NULL, refunded_fen INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL, content TEXT NOT NULL, notify_url TEXT NOT NULL, return_url TEXT NOT NULL,
    created_at REAL NOT NULL, expires_at REAL NOT NULL, paid_at REAL, closed_at REAL
);
CREATE INDEX IF NOT EXISTS trades_unpaid ON trades (status, expires_at);
"""
WAIT_BUYER_PAY, TRADE_SUCCESS, TRADE_CLOSED = "WAIT_BUYER_PAY", "TRADE_SUCCESS", "TRADE_CLOSED"
Record = dict[str, Any]


class Trades:
    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, request: dict[str, str], content: Record) -> Record:
        """The trade of this out_trade_no, made if new. Raises Refused, also when it is another amount or paid."""
        out_trade_no, subject = str(content.get("out_trade_no") or ""), str(content.get("subject") or "")
        if not out_trade_no or not subject:
            raise refusal.invalid_parameter("out_trade_no, subject")
        try:
            total_fen, expiry = fen(content.get("total_amount")), expires_at(content, time.time())
        except ValueError as error:
            raise refusal.invalid_parameter(str(error)) from error
        with self._store.transaction():
            known = self._find("out_trade_no", out_trade_no)
            if not known:
                self._insert(request, content, total_fen, expiry)
            elif known["total_fen"] != total_fen or known["subject"] != subject:
                raise refusal.Refused("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
            trade = self.get({"out_trade_no": out_trade_no})
        if trade["status"] == TRADE_CLOSED:
            raise refusal.Refused("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
        return trade

    def _insert(self, request: dict[str, str], content: Record, total_fen: int, expiry: float) -> None:
        now = time.time()
        trade_no = f"{datetime.fromtimestamp(now, BEIJING):%Y%m%d}{secrets.randbelow(10**20):020d}"
        self._store.execute(
            "INSERT INTO trades (out_trade_no, trade_no, token, method, subject, total_fen, status, content,"
            " notify_url, return_url, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            content["out_trade_no"], trade_no, secrets.token_urlsafe(16), request["method"], content["subject"],
            total_fen, WAIT_BUYER_PAY, json.dumps(content), request.get("notify_url", ""),
            request.get("return_url", ""), now, expiry,
        )  # fmt: skip

    def pay(self, token: str) -> tuple[Record, bool]:
        """(trade, paid now); False for the second click. Raises Refused when it is closed or out of time."""
        with self._store.transaction():
            trade = self.by_token(token)
            if trade["paid_at"]:
                return trade, False
            now = time.time()
            if trade["status"] != WAIT_BUYER_PAY or trade["expires_at"] <= now:
                raise refusal.Refused("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
            self._change(trade, "status = ?, paid_at = ?", TRADE_SUCCESS, now)
            return self.by_token(token), True

    def close(self, content: Record) -> Record:
        """Only what nobody has paid; raises Refused otherwise."""
        with self._store.transaction():
            trade = self.get(content)
            if trade["status"] != WAIT_BUYER_PAY:
                raise refusal.trade_status_error()
            self._change(trade, "status = ?, closed_at = ?", TRADE_CLOSED, time.time())
            return trade

    def expired(self) -> list[Record]:
        sql = "SELECT * FROM trades WHERE status = ? AND expires_at <= ?"
        return [dict(row) for row in self._store.rows(sql, WAIT_BUYER_PAY, time.time())]

    def add_refund(self, trade: Record, amount_fen: int) -> Record:
        """Within the refund's transaction; the trade closes when nothing is left."""
        refunded = trade["refunded_fen"] + amount_fen
        if refunded == trade["total_fen"]:
            self._change(trade, "refunded_fen = ?, status = ?, closed_at = ?", refunded, TRADE_CLOSED, time.time())
        else:
            self._change(trade, "refunded_fen = ?", refunded)
        return self.get(trade)

    def get(self, content: Record) -> Record:
        """By trade_no, which goes first as on the real platform, or out_trade_no. Raises Refused."""
        for name in ("trade_no", "out_trade_no"):
            if content.get(name):
                trade = self._find(name, str(content[name]))
                if not trade:
                    raise refusal.trade_not_exist()
                return trade
        raise refusal.invalid_parameter("out_trade_no, trade_no")

    def by_token(self, token: str) -> Record:
        trade = self._find("token", token)
        if not trade:
            raise refusal.trade_not_exist()
        return trade

    def latest(self, count: int) -> list[Record]:
        return [dict(row) for row in self._store.rows("SELECT * FROM trades ORDER BY created_at DESC LIMIT ?", count)]

    def _find(self, column: str, value: str) -> Record | None:
        row = self._store.row(f"SELECT * FROM trades WHERE {column} = ?", value)  # noqa: S608 - a name of ours
        return dict(row) if row else None

    def _change(self, trade: Record, assignments: str, *values: Any) -> None:
        sql = f"UPDATE trades SET {assignments} WHERE trade_no = ?"  # noqa: S608 - names of ours
        self._store.execute(sql, *values, trade["trade_no"])
