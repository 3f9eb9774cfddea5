"""The outbox relay: takes committed events from the outbox to the broker, with confirms, in order.

Every replica runs one, and an advisory lock lets one of them work: two would mix up the order. A row is deleted
after the broker has confirmed it, so a crash at any point publishes an event again and never forgets one.
"""

import contextlib
import time
from typing import Any

import amqp
import eventlet
import sqlalchemy as sa
import structlog
from kombu import Connection
from nameko.extensions import SharedExtension

from services.chassis import metrics
from services.chassis.bus.publishing import PERSISTENT
from services.chassis.bus.wire import CONTENT_TYPE, events_exchange
from services.chassis.crash_points import crash_point
from services.chassis.data.database import make_engine
from services.chassis.data.planned import Planned

log = structlog.get_logger(__name__)
BATCH = 200
IDLE_S = 0.5
CONFIRM_S = 10.0
AFTER_FAILURE_S = 0.5
LOCK = 7_206_117_001  # any number that no other advisory lock of a service's database uses

_OLDEST = Planned(
    "oldest_events",
    "SELECT id, event_id, exchange, type, envelope, now() - created_at AS age FROM outbox ORDER BY id LIMIT :batch",
)
_FORGET = Planned("forget_events", "DELETE FROM outbox WHERE id = ANY(:told)")


class OutboxRelay(SharedExtension):
    """Comes with ``WorksProvider``; ``wake()`` after a commit saves the poll interval."""

    running = False
    thread: Any = None

    def setup(self) -> None:
        if self.running:
            return
        settings = self.container.config["settings"]
        self.service = self.container.service_name
        name = f"{self.service}-relay"
        self.engine = make_engine(settings.database_url, 1, name, isolation_level="AUTOCOMMIT")  # two trips a batch
        self.running, self.pending = True, eventlet.event.Event()

    def start(self) -> None:
        if self.thread is None:
            self.thread = self.container.spawn_managed_thread(self._run, identifier="outbox-relay")

    def stop(self) -> None:
        """What the last requests emitted still goes out."""
        self.running = False
        self.wake()
        with eventlet.Timeout(CONFIRM_S, False):
            self.thread.wait()
        self.engine.dispose()

    def wake(self) -> None:
        if not self.pending.ready():
            self.pending.send(None)

    def _run(self) -> None:
        while self.running:
            try:
                self._lead()
            except Exception as problem:  # noqa: BLE001 — the relay must come back whatever happened
                log.warning("relay_interrupted", problem=f"{type(problem).__name__}: {problem}")
                self._pause(AFTER_FAILURE_S)

    def _lead(self) -> None:
        with self.engine.connect() as database:
            with database.begin():
                leads = database.execute(sa.select(sa.func.pg_try_advisory_lock(LOCK))).scalar_one()
            if not leads:
                self._pause(1.0)
                return
            with Connection(self.container.config["AMQP_URI"], connect_timeout=3, heartbeat=0) as broker:
                self._publish_for_ever(database, ConfirmingChannel(broker))

    def _publish_for_ever(self, database: sa.Connection, channel: "ConfirmingChannel") -> None:
        while True:
            published = self._publish_batch(database, channel)
            if published < BATCH:
                if not self.running:
                    return
                self._pause(IDLE_S)
                channel.check()

    def _publish_batch(self, database: sa.Connection, channel: "ConfirmingChannel") -> int:
        with database.begin():
            rows = _OLDEST.run(database, {"batch": BATCH}).all()
            metrics.OUTBOX_AGE.labels(self.service).set(rows[0].age.total_seconds() if rows else 0)
            if not rows:
                return 0
            crash_point("before_publish")
            for row in rows:
                channel.publish(row.exchange, row.type, row.envelope, row.event_id)
            crash_point("after_publish")
            channel.wait_for_confirms(CONFIRM_S)
            crash_point("before_mark")
            _FORGET.run(database, {"told": [row.id for row in rows]})
            metrics.RELAYED.labels(self.service).inc(len(rows))
        crash_point("after_mark")
        return len(rows)

    def _pause(self, seconds: float) -> None:
        with eventlet.Timeout(seconds, False):
            self.pending.wait()
        if self.pending.ready():
            self.pending = eventlet.event.Event()


class ConfirmingChannel:
    """Publishes without waiting and then waits for the confirms of all: some ten times faster than one by one."""

    def __init__(self, connection: Connection) -> None:
        self.channel = connection.channel()
        self.channel.confirm_select()
        self.channel.events["basic_ack"].add(self._acked)
        self.channel.events["basic_nack"].add(self._nacked)
        self.unconfirmed: set[int] = set()
        self.refused = 0
        self.tag = 0
        self.known: set[str] = set()

    def publish(self, exchange: str, event_type: str, envelope: str, event_id: str) -> None:
        self._require(exchange)
        self.tag += 1
        self.unconfirmed.add(self.tag)
        message = amqp.Message(
            envelope,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=PERSISTENT,
            message_id=event_id,
        )
        amqp.Channel._basic_publish(self.channel, message, exchange=exchange, routing_key=event_type)

    def _require(self, exchange: str) -> None:
        """Not made here: an exchange that nobody prepared has no queues, and what goes there is lost."""
        if exchange not in self.known:
            events_exchange(exchange.removesuffix(".events"))(self.channel).declare(passive=True)
            self.known.add(exchange)

    def wait_for_confirms(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.unconfirmed:
            self.channel.connection.drain_events(timeout=max(deadline - time.monotonic(), 0.01))
        if self.refused:
            raise ConnectionError(f"the broker refused {self.refused} events")

    def check(self) -> None:
        """Notice a broker that went away while there was nothing to publish."""
        with contextlib.suppress(TimeoutError):
            self.channel.connection.drain_events(timeout=0.001)

    def _acked(self, tag: int, multiple: bool) -> None:
        self.unconfirmed -= {t for t in self.unconfirmed if t <= tag} if multiple else {tag}

    def _nacked(self, tag: int, multiple: bool) -> None:
        self.refused += 1
        self._acked(tag, multiple)
