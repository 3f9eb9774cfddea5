"""What the benchmark of events needs before the clock runs: two databases and the queues; and the look at its end."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from kombu import Connection

from services.chassis.bus.topology import declare_consumer, declare_publisher
from services.chassis.bus.wire import dead_queue, event_queue, events_exchange, retry_queue
from services.chassis.contract import Event
from services.chassis.data.database import make_engine
from services.chassis.data.tables import metadata as chassis_metadata
from services.chassis.schemas import Record, identifier, integer, text
from tests.load.databases import temporary_database
from tests.load.failures import BenchFailed

PRODUCER, CONSUMER = "bench_events_producer", "bench_events_consumer"
RETRY_AFTER_S = 10
metadata = sa.MetaData()
effect = sa.Table(
    "effect",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("thing_id", sa.Text, nullable=False),
)


class ThingDone(Record):
    thing_id = identifier("thg")
    number = integer()
    due_us = integer()
    by = text(80)


THING_DONE = Event(PRODUCER, "thing.done.v1", ThingDone)


@contextmanager
def event_database(server: str, purpose: str) -> Iterator[str]:
    """With the chassis' tables, and the one in which effects show."""
    with temporary_database(server, purpose) as url:
        engine = make_engine(url, 1)
        for tables in (chassis_metadata, metadata):
            tables.create_all(engine)
        engine.dispose()
        yield url


@contextmanager
def event_topology(amqp_url: str) -> Iterator[None]:
    """What a deploy step declares, gone again when the benchmark is over."""
    with Connection(amqp_url) as connection:
        channel = connection.channel()
        declare_publisher(channel, PRODUCER)
        declare_consumer(channel, CONSUMER, [THING_DONE], [RETRY_AFTER_S])
        try:
            yield
        finally:
            waiting = retry_queue(CONSUMER, RETRY_AFTER_S)
            for queue in (event_queue(CONSUMER, PRODUCER, THING_DONE.type), waiting, dead_queue(CONSUMER)):
                queue(channel).delete()
            for exchange in (events_exchange(PRODUCER), waiting.exchange):
                exchange(channel).delete()


def count_effects(url: str) -> int:
    engine = make_engine(url, 1)
    with engine.connect() as connection:
        found = connection.execute(sa.select(sa.func.count()).select_from(effect)).scalar_one()
    engine.dispose()
    return found


def insist_on_effects(found: int, sent: int) -> None:
    """Each once: a second effect of one event has no place in the table."""
    if found != sent:
        raise BenchFailed(f"{sent} events were sent, {found} have had their effect")
