"""The transactional outbox: events are rows of the transaction that made them true; a relay publishes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from services.chassis.context import Context
from services.chassis.contract import Event
from services.chassis.data.planned import Planned
from services.chassis.ids import new_id
from services.chassis.schemas import to_wire

# Numbered in the order in which they were emitted: the relay publishes them by their numbers.
_PUT = Planned(
    "put_into_outbox",
    """
    INSERT INTO outbox (event_id, exchange, type, envelope)
    SELECT event_id, exchange, type, envelope
    FROM unnest(CAST(:event_id AS text[]), CAST(:exchange AS text[]), CAST(:type AS text[]), CAST(:envelope AS text[]))
         WITH ORDINALITY AS emitted (event_id, exchange, type, envelope, place)
    ORDER BY place
    """,
)


@dataclass(frozen=True)
class PendingEvent:
    event: Event
    subject: str
    sequence: int
    data: dict[str, Any]
    event_id: str | None = None

    def as_row(self, context: Context, now: datetime) -> dict[str, Any]:
        envelope = make_envelope(self, context, now)
        return {
            "event_id": envelope["id"],
            "exchange": self.event.exchange,
            "type": self.event.type,
            "envelope": orjson.dumps(envelope).decode(),
        }


def make_envelope(pending: PendingEvent, context: Context, now: datetime) -> dict[str, Any]:
    """The message on the wire; ``sequence`` is the subject's version, so that readers can tell late from new."""
    return {
        "id": pending.event_id or new_id("evt"),
        "type": pending.event.type,
        "source": pending.event.source,
        "occurred_at": to_wire(now),
        "subject": pending.subject,
        "sequence": pending.sequence,
        "correlation_id": context.correlation_id,
        "causation_id": context.causation_id,
        "traceparent": context.traceparent,
        "data": pending.event.dump_data(pending.data),
    }


def put_into_outbox(connection: sa.Connection, rows: Sequence[Mapping[str, str]]) -> None:
    """``rows`` are those of ``PendingEvent.as_row``, at least one. They travel with COMMIT."""
    _PUT.leave(connection, {column: [row[column] for row in rows] for column in rows[0]})
