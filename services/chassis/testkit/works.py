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


def emitted(engine: sa.Engine, event: Event | None = None, subject: str | None = None) -> list[dict[str, Any]]:
    """Envelopes in the outbox, oldest first; of one event type, and about one subject, if given.

    The database sifts them: whoever looks after each of many rounds would read what all rounds before have told.
    """
    wanted = sa.select(outbox.c.envelope).order_by(outbox.c.id)
    if event is not None:
        wanted = wanted.where(outbox.c.type == event.type)
    if subject is not None:
        wanted = wanted.where(sa.func.strpos(outbox.c.envelope, subject) > 0)
    with engine.connect() as connection:
        envelopes = [orjson.loads(row) for row in connection.execute(wanted).scalars()]
    return [envelope for envelope in envelopes if subject is None or envelope["subject"] == subject]
