"""The bill of a day: what really happened at the desk, unless a developer has it tell something else."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from werkzeug.exceptions import BadRequest

from deploy.sandbox.control_http import json_body, text_field
from deploy.sandbox.settings import BEIJING
from deploy.sandbox.store import Store
from deploy.sandbox.till.trades import Trades

BILLS_SCHEMA = """
CREATE TABLE IF NOT EXISTS bill_changes (
    id INTEGER PRIMARY KEY, day TEXT NOT NULL, mode TEXT NOT NULL, number TEXT NOT NULL, amount_fen INTEGER NOT NULL
);
"""
OF_LINES = ("leave_out", "amount", "twice", "stranger")  # of one line, by its number
OF_FILES = ("late", "corrupt", "wrong_totals")
TRUTH = "truth"  # takes all of it back
PAYMENT, REFUND = "payment", "refund"


@dataclass(frozen=True)
class Entry:
    """``number`` and ``of_number`` are the shop's, of the movement and of its trade; ``own_no`` and ``trade_no`` the
    provider's. Amounts in fen, ``at`` in unix seconds."""

    what: str
    number: str
    of_number: str
    own_no: str
    trade_no: str
    amount_fen: int
    at: float

    @property
    def fee_fen(self) -> int:
        """Six in a thousand; of a refund it is given back."""
        return (self.amount_fen * 6 + 500) // 1000 * (1 if self.what == PAYMENT else -1)


class Bills:
    """``between(start, end)`` gives what happened; ``ends_at_h`` is the hour at which the provider's day ends."""

    def __init__(self, store: Store, between: Callable[[float, float], Iterable[Entry]], ends_at_h: int = 24) -> None:
        self._store, self._between, self._ends_at_h = store, between, ends_at_h

    def register(self, app: Flask) -> None:
        app.add_url_rule("/control/bills/<day>", "show bill", self.show)
        app.add_url_rule("/control/bills/<day>", "change bill", self.change, methods=["POST"])

    def of(self, day: str) -> list[Entry] | None:
        """By time; None for a bill that is late, or of a day without any movement. ``day`` as 2026-01-31; today's is
        told as far as it has come, so that a developer need not wait. Raises ValueError for what is no day."""
        if self._changes(day, "late"):
            return None
        end = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=BEIJING) + timedelta(hours=self._ends_at_h)
        entries = list(self._between((end - timedelta(days=1)).timestamp(), end.timestamp()))
        for change in self._changes(day, *OF_LINES):
            entries = list(_changed(entries, change["mode"], change["number"], change["amount_fen"], end.timestamp()))
        return sorted(entries, key=lambda entry: entry.at) or None

    def is_spoiled(self, day: str, mode: str) -> bool:
        """Whether the file is to be ``corrupt`` or to have ``wrong_totals``."""
        return bool(self._changes(day, mode))

    def show(self, day: str) -> dict[str, Any]:
        return {"day": day, "lines": [asdict(entry) for entry in self.of(day) or []]}

    def change(self, day: str) -> dict[str, Any]:
        body = json_body()
        mode = text_field(body, "mode")
        if mode == TRUTH:
            self._store.execute("DELETE FROM bill_changes WHERE day = ?", day)
        elif mode in OF_FILES or mode in OF_LINES:
            number = text_field(body, "number") if mode in OF_LINES else ""
            sql = "INSERT INTO bill_changes (day, mode, number, amount_fen) VALUES (?, ?, ?, ?)"
            self._store.execute(sql, day, mode, number, int(body.get("amount_fen") or 0))
        else:
            raise BadRequest(f"mode is one of {', '.join((*OF_LINES, *OF_FILES, TRUTH))}")
        return self.show(day)

    def _changes(self, day: str, *modes: str) -> list[dict[str, Any]]:
        rows = self._store.rows("SELECT * FROM bill_changes WHERE day = ? ORDER BY id", day)
        return [dict(row) for row in rows if row["mode"] in modes]


def _changed(entries: list[Entry], mode: str, number: str, amount_fen: int, end: float) -> Iterable[Entry]:
    if mode == "stranger":
        own_no = f"99{int(end):019d}"  # the same however often the bill is written
        yield Entry(PAYMENT, number, number, own_no, own_no, amount_fen or 100, end - 1)
    for entry in entries:
        if entry.number != number:
            yield entry
        elif mode == "amount":
            yield replace(entry, amount_fen=amount_fen)
        elif mode == "twice":
            yield from (entry, entry)


def entries_of_till(trades: Trades) -> Callable[[float, float], Iterable[Entry]]:
    """Of the desks that share this till."""

    def between(start: float, end: float) -> Iterable[Entry]:
        for trade in trades.paid_between(start, end):
            number, own_no = trade["number"], trade["trade_no"]
            yield Entry(PAYMENT, number, number, own_no, own_no, trade["total_fen"], trade["paid_at"])
        for refund in trades.refunded_between(start, end):
            trade_no = trades.get(refund["of_number"])["trade_no"]
            yield Entry(
                REFUND, refund["number"], refund["of_number"], refund["refund_no"], trade_no, refund["amount_fen"],
                refund["refunded_at"],
            )  # fmt: skip

    return between
