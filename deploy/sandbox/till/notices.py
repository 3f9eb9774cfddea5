"""Notifications: promised within the transaction that made them true, sent until the shop takes them."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deploy.sandbox.control_http import say
from deploy.sandbox.outbox import Answer, Outbox, post
from deploy.sandbox.store import Store
from deploy.sandbox.switches import Switches
from deploy.sandbox.till.trades import Record

NOTICES_SCHEMA = """
CREATE TABLE IF NOT EXISTS notices (
    notice_id TEXT PRIMARY KEY, number TEXT NOT NULL, what TEXT NOT NULL, content TEXT NOT NULL, accepted_at REAL
);
"""


@dataclass(frozen=True)
class Notice:
    """``what`` is payment, refund or closing; ``content`` is the protocol's, before it is signed."""

    notice_id: str
    number: str
    what: str
    content: Record
    accepted: bool = False


@dataclass(frozen=True)
class Writing:
    """How a protocol writes: ``sealed(notice, spoiled)`` gives body and headers, signed anew for every attempt."""

    partner: str
    sealed: Callable[[Notice, bool], tuple[bytes, dict[str, str]]]
    is_accepted: Callable[[Answer], bool]


class Notices:
    def __init__(self, store: Store, faults: Switches, writing: Writing) -> None:
        self._store, self._faults, self._writing = store, faults, writing
        self._outbox = Outbox(store, self._attempt)

    def add(self, url: str, notice: Notice) -> None:
        """Promise to tell it."""
        if not url:
            return
        self._store.execute(
            "INSERT INTO notices (notice_id, number, what, content) VALUES (?, ?, ?, ?)",
            notice.notice_id, notice.number, notice.what, json.dumps(notice.content),
        )  # fmt: skip
        self._outbox.add(notice.number, {"url": url, "notice_id": notice.notice_id})

    def dispatch(self) -> None:
        """While the switch is off nothing is tried; what waits goes out when it is on again."""
        if self._faults["notify"] == "on":
            self._outbox.dispatch()

    def of(self, number: str) -> list[Notice]:
        """Oldest first."""
        rows = self._store.rows("SELECT * FROM notices WHERE number = ? ORDER BY rowid", number)
        return [_notice(row) for row in rows]

    def send(self, url: str, notice: Notice, spoil: bool = False) -> Answer:
        body, headers = self._writing.sealed(notice, spoil)
        answer = post(url, body, headers)
        say(self._writing.partner, f"-> {url} {notice.number} {notice.what} {answer.status_code}")
        return answer

    def is_accepted(self, answer: Answer) -> bool:
        return self._writing.is_accepted(answer)

    def _attempt(self, content: dict[str, Any]) -> bool:
        row = self._store.row("SELECT * FROM notices WHERE notice_id = ?", content["notice_id"])
        accepted = bool(row) and self.is_accepted(self.send(content["url"], _notice(row)))
        if accepted:
            sql = "UPDATE notices SET accepted_at = ? WHERE notice_id = ?"
            self._store.execute(sql, time.time(), content["notice_id"])
        return accepted


def new_notice_id() -> str:
    return secrets.token_hex(16)


def _notice(row: Any) -> Notice:
    content = json.loads(row["content"])
    return Notice(row["notice_id"], row["number"], row["what"], content, row["accepted_at"] is not None)
