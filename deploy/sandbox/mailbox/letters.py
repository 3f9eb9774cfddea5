"""The letters: one row per receiver, so that each address has its own mailbox."""

import time
from email.message import EmailMessage
from typing import Any

from deploy.sandbox.settings import iso_text
from deploy.sandbox.store import Store

LETTERS_SCHEMA = """
CREATE TABLE IF NOT EXISTS letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver TEXT NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL,
    text TEXT NOT NULL, html TEXT NOT NULL, received_at REAL NOT NULL, raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS letters_of_receiver ON letters (receiver, id);
"""


class Letters:
    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, sender: str, receivers: list[str], message: EmailMessage, raw: bytes) -> None:
        text, html = _part(message, "plain"), _part(message, "html")
        subject, now = str(message.get("subject", "")), time.time()
        with self._store.transaction():
            for receiver in receivers:
                self._store.execute(
                    "INSERT INTO letters (receiver, sender, subject, text, html, received_at, raw)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    receiver.lower(), sender, subject, text, html, now, raw,
                )  # fmt: skip

    def messages(self, to: str | None, after: int, limit: int = 500) -> list[dict[str, Any]]:
        """Oldest first; html is empty for a letter that has only text, and the other way round."""
        rows = self._store.rows(
            "SELECT * FROM letters WHERE id > ? AND (? IS NULL OR receiver = ?) ORDER BY id LIMIT ?",
            after, to, (to or "").lower(), limit,
        )  # fmt: skip
        return [_readable(dict(row)) for row in rows]

    def latest(self, count: int) -> list[dict[str, Any]]:
        rows = self._store.rows("SELECT * FROM letters ORDER BY id DESC LIMIT ?", count)
        return [_readable(dict(row)) for row in rows]

    def one(self, letter_id: int) -> dict[str, Any] | None:
        row = self._store.row("SELECT * FROM letters WHERE id = ?", letter_id)
        return {**_readable(dict(row)), "raw": row["raw"]} if row else None


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "to": row["receiver"],
        "from": row["sender"],
        "subject": row["subject"],
        "text": row["text"],
        "html": row["html"],
        "received_at": iso_text(row["received_at"]),
    }
