"""Trades and their refunds: waiting -> paid, or waiting -> closed. Amounts in fen, times in unix seconds."""

import json
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from deploy.sandbox.settings import BEIJING
from deploy.sandbox.store import Store

TILL_SCHEMA = """
CREATE TABLE IF NOT EXISTS trades (
    number TEXT PRIMARY KEY, trade_no TEXT NOT NULL UNIQUE, token TEXT NOT NULL UNIQUE, subject TEXT NOT NULL,
    total_fen INTEGER NOT NULL, refunded_fen INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL, request TEXT NOT NULL,
    notify_url TEXT NOT NULL, return_url TEXT NOT NULL, created_at REAL NOT NULL, expires_at REAL NOT NULL,
    paid_at REAL, closed_at REAL
);
CREATE INDEX IF NOT EXISTS trades_unpaid ON trades (status, expires_at);
CREATE TABLE IF NOT EXISTS refunds (
    number TEXT NOT NULL, of_number TEXT NOT NULL REFERENCES trades (number), refund_no TEXT NOT NULL,
    amount_fen INTEGER NOT NULL, request TEXT NOT NULL, refunded_at REAL NOT NULL, PRIMARY KEY (of_number, number)
);
"""
WAITING, PAID, CLOSED = "waiting", "paid", "closed"
Record = dict[str, Any]


class Refused(Exception):
    """``why``: unknown, differs, closed, paid, not_paid or too_much."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Trades:
    def __init__(self, store: Store) -> None:
        self._store = store

    def open(
        self, number: str, amount_fen: int, subject: str, expires_at: float, request: Record, **urls: str
    ) -> Record:
        """The trade of this number, made if new. Raises Refused when it is over, or was another one."""
        with self._store.transaction():
            known = self._find("number", number)
            if not known:
                self._insert(number, amount_fen, subject, expires_at, request, urls)
            elif (known["total_fen"], known["subject"]) != (amount_fen, subject):
                raise Refused("differs")
            trade = self.get(number)
        if trade["status"] != WAITING:
            raise Refused(trade["status"])
        return trade

    def _insert(
        self, number: str, amount_fen: int, subject: str, expires_at: float, request: Record, urls: dict[str, str]
    ) -> None:
        self._store.execute(
            "INSERT INTO trades (number, trade_no, token, subject, total_fen, status, request, notify_url, return_url,"
            " created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            number, new_number(21), secrets.token_urlsafe(16), subject, amount_fen, WAITING, json.dumps(request),
            urls.get("notify_url", ""), urls.get("return_url", ""), time.time(), expires_at,
        )  # fmt: skip

    def pay(self, token: str) -> tuple[Record, bool]:
        """(trade, paid now); False for the second click. Raises Refused when it is closed or out of time."""
        with self._store.transaction():
            trade = self.by_token(token)
            if trade["status"] == PAID:
                return trade, False
            now = time.time()
            if trade["status"] != WAITING or trade["expires_at"] <= now:
                raise Refused("closed")
            self._store.execute(
                "UPDATE trades SET status = ?, paid_at = ? WHERE number = ?", PAID, now, trade["number"]
            )
            return self.get(trade["number"]), True

    def close(self, number: str) -> None:
        """Only what nobody has paid; raises Refused otherwise. A second time changes nothing."""
        with self._store.transaction():
            if self.get(number)["status"] == PAID:
                raise Refused("paid")
            sql = "UPDATE trades SET status = ?, closed_at = coalesce(closed_at, ?) WHERE number = ?"
            self._store.execute(sql, CLOSED, time.time(), number)

    def close_expired(self, tell: Callable[[Record], None] = lambda trade: None) -> None:
        """What nobody has paid in time; ``tell`` is called of each within its transaction."""
        expired = "SELECT number FROM trades WHERE status = ? AND expires_at <= ?"
        for row in self._store.rows(expired, WAITING, time.time()):
            with self._store.transaction():
                if self.get(row["number"])["status"] == WAITING:
                    self.close(row["number"])
                    tell(self.get(row["number"]))

    def refund(self, number: str, of_number: str, amount_fen: int, request: Record) -> tuple[Record, bool]:
        """(refund, made now); once per number of a trade. Raises Refused."""
        with self._store.transaction():
            known = self.find_refund(number, of_number)
            if known:
                if known["amount_fen"] != amount_fen:
                    raise Refused("differs")
                return known, False
            trade = self.get(of_number)
            if trade["status"] != PAID:
                raise Refused("not_paid")
            if trade["refunded_fen"] + amount_fen > trade["total_fen"]:
                raise Refused("too_much")
            self._store.execute(
                "INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?)",
                number, of_number, new_number(21), amount_fen, json.dumps(request), time.time(),
            )  # fmt: skip
            add = "UPDATE trades SET refunded_fen = refunded_fen + ? WHERE number = ?"
            self._store.execute(add, amount_fen, of_number)
            return self.find_refund(number, of_number) or {}, True

    def get(self, number: str) -> Record:
        """Raises Refused."""
        trade = self._find("number", number)
        if not trade:
            raise Refused("unknown")
        return trade

    def by_token(self, token: str) -> Record:
        trade = self._find("token", token)
        if not trade:
            raise Refused("unknown")
        return trade

    def by_trade_no(self, trade_no: str) -> Record | None:
        return self._find("trade_no", trade_no)

    def find_refund(self, number: str, of_number: str | None = None) -> Record | None:
        """Of this trade; of whichever there is for those who give every refund of a shop a number of its own."""
        sql = "SELECT * FROM refunds WHERE number = ? AND of_number = coalesce(?, of_number)"
        row = self._store.row(sql, number, of_number)
        return {**dict(row), "request": json.loads(row["request"])} if row else None

    def refunds_of(self, number: str) -> list[Record]:
        return [dict(r) for r in self._store.rows("SELECT * FROM refunds WHERE of_number = ? ORDER BY rowid", number)]

    def latest(self, count: int) -> list[Record]:
        return [dict(row) for row in self._store.rows("SELECT * FROM trades ORDER BY created_at DESC LIMIT ?", count)]

    def paid_between(self, start: float, end: float) -> list[Record]:
        sql = "SELECT * FROM trades WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at"
        return [dict(row) for row in self._store.rows(sql, start, end)]

    def refunded_between(self, start: float, end: float) -> list[Record]:
        sql = "SELECT * FROM refunds WHERE refunded_at >= ? AND refunded_at < ? ORDER BY refunded_at"
        return [dict(row) for row in self._store.rows(sql, start, end)]

    def _find(self, column: str, value: str) -> Record | None:
        row = self._store.row(f"SELECT * FROM trades WHERE {column} = ?", value)  # noqa: S608 - a name of ours
        return {**dict(row), "request": json.loads(row["request"])} if row else None


def new_number(digits: int) -> str:
    """A provider's own number: it begins with the time, as theirs do."""
    moment = f"{datetime.now(BEIJING):%Y%m%d%H%M%S}"
    return moment + f"{secrets.randbelow(10 ** (digits - len(moment))):0{digits - len(moment)}d}"
