"""Waybills and their scans. Every change of a waybill and the scan that goes with it are one transaction."""

import json
import secrets
import time
from datetime import datetime, timedelta
from typing import Any

from deploy.sandbox.carrier.booking import CASH, Booking
from deploy.sandbox.carrier.journey import BOOKED, CANCELLED, Step, usual_steps
from deploy.sandbox.settings import BEIJING
from deploy.sandbox.store import Store

WAYBILLS_SCHEMA = """
CREATE TABLE IF NOT EXISTS waybills (
    waybill_no TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, callback_url TEXT NOT NULL,
    origin TEXT NOT NULL, destination TEXT NOT NULL, recipient_name TEXT NOT NULL, content TEXT NOT NULL,
    estimated_delivery_on TEXT NOT NULL, booked_at REAL NOT NULL,
    status TEXT NOT NULL, steps_left TEXT NOT NULL, next_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS waybills_on_their_way ON waybills (next_at) WHERE steps_left <> '[]';
CREATE TABLE IF NOT EXISTS scans (
    event_id TEXT PRIMARY KEY, waybill_no TEXT NOT NULL REFERENCES waybills (waybill_no),
    status TEXT NOT NULL, occurred_at REAL NOT NULL, location TEXT NOT NULL, signed_by TEXT, remark TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS scans_of_waybill ON scans (waybill_no, occurred_at);
CREATE TABLE IF NOT EXISTS collections (
    event_id TEXT PRIMARY KEY REFERENCES scans (event_id), collected_fen INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS plans (reference TEXT PRIMARY KEY, steps TEXT NOT NULL);
"""
SCANS = "SELECT * FROM scans LEFT JOIN collections USING (event_id)"
Record = dict[str, Any]


class Waybills:
    def __init__(self, store: Store, pace_s: float) -> None:
        self._store, self._pace_s = store, pace_s

    def book(self, booking: Booking) -> tuple[Record, bool]:
        """(waybill, is_new); the same reference again gives the waybill that is there."""
        with self._store.transaction():
            known = self.by_reference(booking.reference)
            if known:
                return known, False
            return self._new(booking), True

    def _new(self, booking: Booking) -> Record:
        now = time.time()
        today = datetime.fromtimestamp(now, BEIJING)
        waybill_no = f"LX{today:%y%m%d}{secrets.randbelow(10**8):08d}"
        self._store.execute(
            "INSERT INTO waybills VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            waybill_no, booking.reference, booking.callback_url, booking.origin, booking.destination,
            booking.recipient_name, json.dumps(booking.content), (today + timedelta(days=3)).date().isoformat(), now,
            BOOKED, self._plan_for(booking.reference), now + self._pace_s,
        )  # fmt: skip
        return self.get(waybill_no)

    def _plan_for(self, reference: str) -> str:
        plan = self._store.row("SELECT steps FROM plans WHERE reference = ?", reference)
        return plan["steps"] if plan else _steps_text(usual_steps())

    def plan(self, reference: str, steps: list[Step]) -> None:
        """What happens next to this reference, whether it is booked already or will be."""
        with self._store.transaction():
            self._store.execute("INSERT OR REPLACE INTO plans VALUES (?, ?)", reference, _steps_text(steps))
            self._store.execute(
                "UPDATE waybills SET steps_left = ?, next_at = ? WHERE reference = ? AND status <> ?",
                _steps_text(steps), time.time() + self._pace_s, reference, CANCELLED,
            )  # fmt: skip

    def cancel(self, waybill_no: str) -> bool:
        """False when it has been picked up; a second cancellation is as good as the first."""
        with self._store.transaction():
            if self.get(waybill_no)["status"] not in (BOOKED, CANCELLED):
                return False
            self._store.execute(
                "UPDATE waybills SET status = ?, steps_left = '[]' WHERE waybill_no = ?", CANCELLED, waybill_no
            )
            return True

    def due(self) -> list[str]:
        """Numbers of waybills whose next step has come."""
        sql = "SELECT waybill_no FROM waybills WHERE steps_left <> '[]' AND next_at <= ? ORDER BY next_at"
        return [row["waybill_no"] for row in self._store.rows(sql, time.time())]

    def take_step(self, waybill_no: str) -> Record | None:
        """The scan that came of it; None when a cancellation or another plan left no step."""
        with self._store.transaction():
            waybill = self.get(waybill_no)
            steps = json.loads(waybill["steps_left"])
            if not steps:
                return None
            scan = self._scan(waybill, Step(**steps[0]))
            self._store.execute(
                "UPDATE waybills SET status = ?, steps_left = ?, next_at = ? WHERE waybill_no = ?",
                scan["status"], json.dumps(steps[1:]), time.time() + self._pace_s, waybill_no,
            )  # fmt: skip
            return scan

    def _scan(self, waybill: Record, step: Step) -> Record:
        cities = {"{origin}": waybill["origin"], "{destination}": waybill["destination"]}
        location = step.location
        for place, city in cities.items():
            location = location.replace(place, city)
        event_id = f"evt_{secrets.token_hex(12)}"
        signed_by = waybill["recipient_name"] if step.status == "delivered" else None
        self._store.execute(
            "INSERT INTO scans VALUES (?, ?, ?, ?, ?, ?, ?)",
            event_id, waybill["waybill_no"], step.status, time.time(), location, signed_by, step.remark,
        )  # fmt: skip
        if step.status == "delivered":
            self._collect(event_id, json.loads(waybill["content"]).get(CASH), step.collected_fen)
        return self._one(f"{SCANS} WHERE event_id = ?", event_id)

    def _collect(self, event_id: str, booked_fen: int | None, planned_fen: int | None) -> None:
        """Cash at the door, of waybills that were booked with some to collect."""
        if booked_fen is not None:
            collected_fen = booked_fen if planned_fen is None else planned_fen
            self._store.execute("INSERT INTO collections VALUES (?, ?)", event_id, collected_fen)

    def get(self, waybill_no: str) -> Record:
        """Raises KeyError."""
        return self._one("SELECT * FROM waybills WHERE waybill_no = ?", waybill_no)

    def by_reference(self, reference: str) -> Record | None:
        row = self._store.row("SELECT * FROM waybills WHERE reference = ?", reference)
        return dict(row) if row else None

    def latest(self, count: int) -> list[Record]:
        return [dict(row) for row in self._store.rows("SELECT * FROM waybills ORDER BY booked_at DESC LIMIT ?", count)]

    def scans(self, waybill_no: str) -> list[Record]:
        """Oldest first."""
        sql = f"{SCANS} WHERE waybill_no = ? ORDER BY occurred_at, scans.rowid"
        return [dict(row) for row in self._store.rows(sql, waybill_no)]

    def _one(self, sql: str, key: str) -> Record:
        row = self._store.row(sql, key)
        if not row:
            raise KeyError(key)
        return dict(row)


def _steps_text(steps: list[Step]) -> str:
    return json.dumps([step.as_json() for step in steps])


def collected(scan: Record) -> dict[str, int]:
    """The field of a scan that says what was collected at the door; none, if there was nothing to collect."""
    amount = scan.get("collected_fen")
    return {} if amount is None else {"collected_fen": amount}
