"""What the message centre still owes its clients: delivery receipts and messages that members send."""

import time
from datetime import datetime
from typing import Any

import smpp34

from deploy.sandbox.settings import BEIJING, iso_text
from deploy.sandbox.smsc import smpp_numbers as numbers
from deploy.sandbox.smsc.coding import parts
from deploy.sandbox.store import Store

OUTGOING_SCHEMA = """
CREATE TABLE IF NOT EXISTS outgoing (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL, destination TEXT NOT NULL,
    esm_class INTEGER NOT NULL, data_coding INTEGER NOT NULL, payload BLOB NOT NULL,
    receipt_for TEXT, state TEXT,
    text TEXT NOT NULL, due_at REAL NOT NULL, sent_at REAL
);
CREATE INDEX IF NOT EXISTS outgoing_due ON outgoing (sent_at, due_at);
"""
DELIVERED, UNDELIVERABLE = "DELIVRD", "UNDELIV"
_STATE_CODES = {DELIVERED: 2, UNDELIVERABLE: 5}
RECEIPT_CLASS = 0x04


class Outgoing:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add_receipt(self, segment_id: str, sender: str, receiver: str, state: str, due_at: float) -> None:
        """A receipt travels from the phone back to the number that had sent the message."""
        text = receipt_text(segment_id, state, time.time())
        self._add(receiver, sender, RECEIPT_CLASS, 0, text.encode("ascii"), segment_id, state, text, due_at)

    def add_inbound(self, sender: str, receiver: str, text: str) -> list[int]:
        """A member's message, in as many parts as it needs. Returns the row ids."""
        payloads, data_coding, esm_class = parts(text)
        with self._store.transaction():
            return [
                self._add(sender, receiver, esm_class, data_coding, payload, None, None, text, time.time())
                for payload in payloads
            ]

    def _add(self, *values: Any) -> int:
        return self._store.execute(
            "INSERT INTO outgoing (source, destination, esm_class, data_coding, payload, receipt_for, state, text,"
            " due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *values,
        )

    def due(self) -> list[dict[str, Any]]:
        sql = "SELECT * FROM outgoing WHERE sent_at IS NULL AND due_at <= ? ORDER BY id LIMIT 100"
        return [dict(row) for row in self._store.rows(sql, time.time())]

    def sent(self, row_id: int) -> None:
        self._store.execute("UPDATE outgoing SET sent_at = ? WHERE id = ?", time.time(), row_id)

    def latest_inbound(self, count: int) -> list[dict[str, Any]]:
        """Members' messages, newest first; sent_at is null while no client has taken them."""
        sql = "SELECT * FROM outgoing WHERE receipt_for IS NULL ORDER BY id DESC LIMIT ?"
        return [
            {
                "id": row["id"],
                "from": row["source"],
                "to": row["destination"],
                "text": row["text"],
                "sent_at": iso_text(row["sent_at"]) if row["sent_at"] else None,
            }
            for row in self._store.rows(sql, count)
        ]


def receipt_text(segment_id: str, state: str, now: float) -> str:
    """The text of SMPP 3.4 appendix B."""
    date = datetime.fromtimestamp(now, BEIJING).strftime("%y%m%d%H%M")
    delivered, error = ("001", "000") if state == DELIVERED else ("000", "001")
    return (
        f"id:{segment_id} sub:001 dlvrd:{delivered} submit date:{date} done date:{date} stat:{state} err:{error} text:"
    )


def receipt_tlvs(segment_id: str, state: str) -> list[smpp34.Tlv]:
    return [
        smpp34.Tlv(numbers.TLV_RECEIPTED_MESSAGE_ID, segment_id.encode("ascii") + b"\0"),
        smpp34.Tlv(numbers.TLV_MESSAGE_STATE, bytes([_STATE_CODES[state]])),
    ]
