"""Callbacks that are tried again until their receiver accepts them, also over a restart of the partner."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from deploy.sandbox.store import Store

OUTBOX_SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY,
    lane TEXT NOT NULL,
    content TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    next_at REAL NOT NULL,
    outcome TEXT NOT NULL DEFAULT 'waiting'
);
CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (outcome, next_at);
"""
FIRST_DELAY_S, LONGEST_DELAY_S, GIVE_UP_AFTER_S = 0.5, 10.0, 600.0
ANSWER_TIMEOUT_S = 10.0
MOST_AT_ONCE = 16


@dataclass(frozen=True)
class Answer:
    """What the receiver said; status_code 0 means that nobody answered and body says why."""

    status_code: int
    body: str

    def as_json(self) -> dict[str, Any]:
        return {"status_code": self.status_code, "body": self.body}


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """One POST. Redirects count as refusals; proxies from the environment are not for local partners."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            response = session.post(url, data=body, headers=headers, timeout=ANSWER_TIMEOUT_S, allow_redirects=False)
        except requests.RequestException as error:
            return Answer(0, type(error).__name__)
        return Answer(response.status_code, response.text)


def delay_s(attempts: int) -> float:
    """0.5, 1, 2, 4, 8, 10, 10 … seconds after the 1st, 2nd, 3rd … failed attempt."""
    return min(FIRST_DELAY_S * 2 ** min(attempts - 1, 10), LONGEST_DELAY_S)


class Outbox:
    """`attempt` sends one content and tells whether it was accepted. A lane has one item in flight at a time."""

    def __init__(self, store: Store, attempt: Callable[[dict[str, Any]], bool]) -> None:
        self._store = store
        self._attempt = attempt
        self._lock = threading.Lock()
        self._lanes_in_flight: set[str] = set()

    def add(self, lane: str, content: dict[str, Any]) -> None:
        now = time.time()
        self._store.execute(
            "INSERT INTO outbox (lane, content, created_at, next_at) VALUES (?, ?, ?, ?)",
            lane, json.dumps(content), now, now,
        )  # fmt: skip

    def dispatch(self) -> None:
        """Start an attempt for everything that is due; to be called again and again."""
        due = self._store.rows(
            "SELECT * FROM outbox WHERE outcome = 'waiting' AND next_at <= ? ORDER BY id LIMIT 200", time.time()
        )
        for row in due:
            with self._lock:
                if row["lane"] in self._lanes_in_flight or len(self._lanes_in_flight) >= MOST_AT_ONCE:
                    continue
                self._lanes_in_flight.add(row["lane"])
            threading.Thread(target=self._try, args=(dict(row),), daemon=True).start()

    def _try(self, row: dict[str, Any]) -> None:
        try:
            # The list this row came from may be older than a success of the attempt before.
            if self._store.row("SELECT 1 FROM outbox WHERE id = ? AND attempts = ?", row["id"], row["attempts"]):
                self._record(row, self._attempt(json.loads(row["content"])))
        finally:
            with self._lock:
                self._lanes_in_flight.discard(row["lane"])

    def _record(self, row: dict[str, Any], accepted: bool) -> None:
        attempts, now = row["attempts"] + 1, time.time()
        given_up = now - row["created_at"] > GIVE_UP_AFTER_S
        outcome = "accepted" if accepted else "given_up" if given_up else "waiting"
        self._store.execute(
            "UPDATE outbox SET attempts = ?, next_at = ?, outcome = ? WHERE id = ?",
            attempts, now + delay_s(attempts), outcome, row["id"],
        )  # fmt: skip
