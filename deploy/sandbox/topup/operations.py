"""What was asked for and what became of it: each operation has its effect once, however often it is asked for."""

import secrets
import time
from dataclasses import astuple
from typing import Any

from deploy.sandbox.store import Store
from deploy.sandbox.topup.wishes import Wish

ACCEPTED, SUCCEEDED, REFUSED, REVERSED = "accepted", "succeeded", "refused", "reversed"
UNKNOWN_NUMBER, USED_UP = "号码不存在 number unknown", "已使用 used up"
OPERATIONS_SCHEMA = """
CREATE TABLE IF NOT EXISTS operations (
    operation_id TEXT PRIMARY KEY, product TEXT NOT NULL, account TEXT NOT NULL, callback_url TEXT NOT NULL,
    quantity INTEGER NOT NULL, status TEXT NOT NULL, serial_no TEXT, reason TEXT,
    asked_at REAL NOT NULL, decide_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS operations_of_account ON operations (account, asked_at);
CREATE INDEX IF NOT EXISTS operations_undecided ON operations (status, decide_at);
"""
Record = dict[str, Any]


class OtherContent(Exception):
    """The same operation id came with another wish before."""


class Operations:
    def __init__(self, store: Store) -> None:
        self._store = store

    def take_on(self, wish: Wish, decide_at: float) -> tuple[Record, bool]:
        """(operation, is_new); raises OtherContent."""
        with self._store.transaction():
            known = self.find(wish.operation_id)
            if known is None:
                sql = "INSERT INTO operations VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?)"
                self._store.execute(sql, *astuple(wish), ACCEPTED, time.time(), decide_at)
                return self.get(wish.operation_id), True
            if any(known[name] != value for name, value in vars(wish).items() if name != "callback_url"):
                raise OtherContent
            return known, False

    def decide(self, operation_id: str, refused_accounts: list[str]) -> Record | None:
        """Yes, unless the number is refused; None if the last word was said before."""
        with self._store.transaction():
            operation = self.get(operation_id)
            if operation["status"] != ACCEPTED:
                return None
            if operation["account"] in refused_accounts:
                return self._change(operation_id, REFUSED, None, UNKNOWN_NUMBER)
            return self._change(operation_id, SUCCEEDED, f"TU{secrets.randbelow(10**12):012d}", None)

    def reverse(self, operation_id: str, is_kept: bool) -> Record:
        """Switched off; what ``is_kept`` stays as it is, and so does what was refused. Raises KeyError."""
        with self._store.transaction():
            operation = self.get(operation_id)
            if operation["status"] not in (ACCEPTED, SUCCEEDED):
                return operation
            if is_kept and operation["status"] == SUCCEEDED:
                return {**operation, "reason": USED_UP}
            return self._change(operation_id, REVERSED, operation["serial_no"], None)

    def due(self) -> list[str]:
        """Of which the last word is to be said now."""
        sql = "SELECT operation_id FROM operations WHERE status = ? AND decide_at <= ? ORDER BY decide_at"
        return [row["operation_id"] for row in self._store.rows(sql, ACCEPTED, time.time())]

    def find(self, operation_id: str) -> Record | None:
        row = self._store.row("SELECT * FROM operations WHERE operation_id = ?", operation_id)
        return dict(row) if row else None

    def get(self, operation_id: str) -> Record:
        """Raises KeyError."""
        operation = self.find(operation_id)
        if operation is None:
            raise KeyError(operation_id)
        return operation

    def latest(self, count: int) -> list[Record]:
        return [dict(row) for row in self._store.rows("SELECT * FROM operations ORDER BY asked_at DESC LIMIT ?", count)]

    def of_account(self, account: str) -> list[Record]:
        """Oldest first."""
        sql = "SELECT * FROM operations WHERE account = ? ORDER BY asked_at, rowid"
        return [dict(row) for row in self._store.rows(sql, account)]

    def switched_on(self, account: str) -> dict[str, int]:
        """How many units of each product the account has."""
        sql = """SELECT product, sum(quantity) AS units FROM operations
                 WHERE account = ? AND status = ? GROUP BY product ORDER BY product"""
        return {row["product"]: row["units"] for row in self._store.rows(sql, account, SUCCEEDED)}

    def _change(self, operation_id: str, status: str, serial_no: str | None, reason: str | None) -> Record:
        self._store.execute(
            "UPDATE operations SET status = ?, serial_no = ?, reason = ? WHERE operation_id = ?",
            status, serial_no, reason, operation_id,
        )  # fmt: skip
        return self.get(operation_id)


def public(operation: Record) -> dict[str, Any]:
    """As the partner's answers and callbacks tell it."""
    return {name: operation[name] for name in ("operation_id", "status", "serial_no", "reason")}
