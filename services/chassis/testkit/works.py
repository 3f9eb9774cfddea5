"""Pieces of work as a test opens them, and a look into the outbox."""

from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from services.chassis.clock import Clock, SystemClock
from services.chassis.context import Context
from services.chassis.contract import Event
from services.chassis.data.tables import outbox
from services.chassis.data.work import ReceivedEvent, Works
from services.chassis.ids import new_id


def works_on(engine: sa.Engine, clock: Clock | None = None, rpc: Any = None, settings: Any = None) -> Works:
    return Works(engine=engine, context=Context.fresh("test"), clock=clock or SystemClock(), rpc=rpc, settings=settings)


def event_of(
    event: Event,
    subject: str,
    data: dict[str, Any],
    sequence: int = 1,
    occurred_at: datetime | None = None,
    handler: str = "test.handler",
    event_id: str | None = None,
) -> ReceivedEvent:
    """An event as the bus would deliver it: dumped and loaded by its contract."""
    return ReceivedEvent(
        id=event_id or new_id("evt"),
        type=event.type,
        subject=subject,
        sequence=sequence,
        occurred_at=occurred_at or SystemClock().now(),
        data=event.load_data(event.dump_data(data)),
        handler=handler,
    )


def emitted(engine: sa.Engine, event: Event | None = None) -> list[dict[str, Any]]:
    """Envelopes in the outbox, oldest first; of one event type if given."""
    with engine.connect() as connection:
        rows = connection.execute(sa.select(outbox.c.envelope).order_by(outbox.c.id)).scalars().all()
    envelopes = [orjson.loads(row) for row in rows]
    return [envelope for envelope in envelopes if event is None or envelope["type"] == event.type]
