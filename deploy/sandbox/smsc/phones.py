"""The phones: segments as they come in, whole messages as a person reads them."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from deploy.sandbox.settings import iso_text
from deploy.sandbox.smsc.coding import decode
from deploy.sandbox.smsc.concatenation import Segment
from deploy.sandbox.store import Store

PHONES_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver TEXT NOT NULL, phone TEXT NOT NULL, sender TEXT NOT NULL, text TEXT NOT NULL, received_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_of_phone ON messages (phone, id);
CREATE TABLE IF NOT EXISTS segments (
    id TEXT PRIMARY KEY,
    sender TEXT NOT NULL, receiver TEXT NOT NULL,
    reference INTEGER NOT NULL, total INTEGER NOT NULL, number INTEGER NOT NULL,
    data_coding INTEGER NOT NULL, body BLOB NOT NULL, received_at REAL NOT NULL,
    message_id INTEGER REFERENCES messages (id),
    receipt TEXT
);
CREATE INDEX IF NOT EXISTS segments_of_message ON segments (message_id);
"""
# References are one octet and come round again, so parts this old belong to a message that never became whole.
PARTS_WAIT_S = 600.0


def phone_of(number: str) -> str:
    """One phone whichever way its number is written: +8613800000001, 8613800000001 and 13800000001 are the same."""
    digits = number.removeprefix("+").removeprefix("00")
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


@dataclass(frozen=True)
class Submission:
    """One submit_sm; a segment and who sends it to whom."""

    sender: str
    receiver: str
    data_coding: int
    segment: Segment


class Phones:
    def __init__(self, store: Store) -> None:
        self._store = store

    def take(self, submission: Submission) -> str:
        """Keep a segment, and the message when it was the last one missing. Returns the SMPP message id."""
        segment_id, segment = secrets.token_hex(8), submission.segment
        with self._store.transaction():
            self._store.execute(
                "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                segment_id, submission.sender, submission.receiver, segment.reference, segment.total,
                segment.number, submission.data_coding, segment.body, time.time(),
            )  # fmt: skip
            found = {segment.number: (segment_id, segment.body)} if segment.total == 1 else self._waiting(submission)
            if len(found) == segment.total:
                self._assemble(submission, found)
        return segment_id

    def _waiting(self, submission: Submission) -> dict[int, tuple[str, bytes]]:
        rows = self._store.rows(
            "SELECT id, number, body FROM segments WHERE message_id IS NULL AND sender = ? AND receiver = ?"
            " AND reference = ? AND total = ? AND received_at > ? ORDER BY received_at",
            submission.sender, submission.receiver, submission.segment.reference, submission.segment.total,
            time.time() - PARTS_WAIT_S,
        )  # fmt: skip
        return {row["number"]: (row["id"], row["body"]) for row in rows}

    def _assemble(self, submission: Submission, found: dict[int, tuple[str, bytes]]) -> None:
        # Octets are joined before they are decoded: a part may end in the middle of a character.
        text = decode(b"".join(found[number][1] for number in sorted(found)), submission.data_coding)
        message_id = self._store.execute(
            "INSERT INTO messages (receiver, phone, sender, text, received_at) VALUES (?, ?, ?, ?, ?)",
            submission.receiver, phone_of(submission.receiver), submission.sender, text, time.time(),
        )  # fmt: skip
        for segment_id, _ in found.values():
            self._store.execute("UPDATE segments SET message_id = ? WHERE id = ?", message_id, segment_id)

    def receipted(self, segment_id: str, state: str) -> None:
        """The sender has acknowledged the receipt of this segment."""
        self._store.execute("UPDATE segments SET receipt = ? WHERE id = ?", state, segment_id)

    def messages(self, to: str | None, after: int, limit: int = 500) -> list[dict[str, Any]]:
        """Oldest first; receipt is null until the receipts of all parts are acknowledged, then the worst of them."""
        rows = self._store.rows(
            "SELECT m.*, (SELECT CASE WHEN COUNT(*) = COUNT(receipt) THEN MAX(receipt) END"
            " FROM segments WHERE message_id = m.id) AS receipt"
            " FROM messages m WHERE m.id > ? AND (? IS NULL OR m.phone = ?) ORDER BY m.id LIMIT ?",
            after, to, phone_of(to or ""), limit,
        )  # fmt: skip
        return [_readable(dict(row)) for row in rows]

    def latest(self, count: int) -> list[dict[str, Any]]:
        last = self._store.row("SELECT COALESCE(MAX(id), 0) AS id FROM messages")
        return self.messages(None, (last["id"] if last else 0) - count, count)[::-1]


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "to": row["receiver"],
        "from": row["sender"],
        "text": row["text"],
        "received_at": iso_text(row["received_at"]),
        "receipt": row["receipt"],
    }
