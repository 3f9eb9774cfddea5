"""Idempotent commands: the answer to a request id is kept in the transaction that earned it."""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.refusal import KEY_REUSED, Refused, Reply

_FIND = Planned(
    "answer_to", "SELECT fingerprint, reply FROM answer WHERE command = :command AND request_id = :request_id"
)
_RECORD = Planned(
    "record_answer",
    """
    INSERT INTO answer (command, request_id, fingerprint, reply)
    VALUES (:command, :request_id, :fingerprint, :reply) ON CONFLICT DO NOTHING
    """,
)


class AnsweredMeanwhile(Exception):
    """Another worker answered the same request id first; roll back and read its answer."""


@dataclass(frozen=True)
class Question:
    """One request as the idempotency table knows it."""

    command: str
    request_id: str
    fingerprint: bytes

    @classmethod
    def of(cls, command: str, request: dict[str, Any]) -> "Question":
        return cls(command, request["request_id"], fingerprint_of(request))

    def answer_in(self, connection: sa.Connection) -> Reply | None:
        """The stored reply; refuses the same request id with another content."""
        row = _FIND.run(connection, {"command": self.command, "request_id": self.request_id}).one_or_none()
        if row is None:
            return None
        if bytes(row.fingerprint) != self.fingerprint:
            raise Refused(KEY_REUSED, "this request id was used before with another content")
        return row.reply

    def record(self, connection: sa.Connection, reply: Reply) -> None:
        values = {
            "command": self.command,
            "request_id": self.request_id,
            "fingerprint": self.fingerprint,
            "reply": reply,
        }
        if _RECORD.run(connection, values).rowcount == 0:
            raise AnsweredMeanwhile(self.request_id)


def fingerprint_of(request: dict[str, Any]) -> bytes:
    return hashlib.sha256(orjson.dumps(request, option=orjson.OPT_SORT_KEYS, default=str)).digest()
