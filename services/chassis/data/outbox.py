"""The transactional outbox: events are rows of the transaction that made them true; a relay publishes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from services.chassis.context import Context
from services.chassis.contract import Event
from services.chassis.ids import new_id
from services.chassis.schemas import to_wire


@dataclass(frozen=True)
class PendingEvent:
    event: Event
    subject: str
    sequence: int
    data: dict[str, Any]

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
        "id": new_id("evt"),
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
