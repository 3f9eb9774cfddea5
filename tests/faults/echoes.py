"""Who hears every event of the mall and tells it again: up to three times, out of order, seconds late."""

import contextlib
import random
import threading
import time
from typing import Any

from kombu import Connection, Queue

from deploy.ops.invariants import SERVICES
from services.chassis.bus.wire import events_exchange

LATEST_S = 2.0
MOST_COPIES = 3


class Echo:
    """A context: while it lasts, whatever is published on the events exchanges is published again."""

    def __init__(self, amqp_url: str, seed: int) -> None:
        self._url, self._rng = amqp_url, random.Random(seed)
        self._closed = threading.Event()
        self._due: list[tuple[float, bytes, str, str, str]] = []
        self._seen: set[str] = set()
        self.told_again = 0

    def __enter__(self) -> "Echo":
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._thread.join(30)

    def _listen(self) -> None:
        with Connection(self._url) as connection:
            channel = connection.channel()
            queue = Queue("", exclusive=True, auto_delete=True)(channel)
            queue.declare()
            for service in SERVICES:
                queue.bind_to(events_exchange(service), routing_key="#")
            channel.basic_consume(queue.name, no_ack=True, callback=self._heard)
            producer = connection.Producer(channel)
            while not self._closed.is_set() or self._due:
                with contextlib.suppress(TimeoutError):
                    connection.drain_events(timeout=0.1)
                self._tell(producer)

    def _heard(self, message: Any) -> None:
        event_id = str(message.properties.get("message_id", ""))
        if event_id in self._seen:
            return
        self._seen.add(event_id)
        where = message.delivery_info
        body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
        for _ in range(self._rng.randint(1, MOST_COPIES)):
            due = time.monotonic() + self._rng.uniform(0, LATEST_S)
            self._due.append((due, body, where["exchange"], where["routing_key"], event_id))

    def _tell(self, producer: Any) -> None:
        now = time.monotonic()
        ripe = [one for one in self._due if one[0] <= now]
        self._due = [one for one in self._due if one[0] > now]
        for _, body, exchange, key, event_id in self._rng.sample(ripe, len(ripe)):
            options = {"content_type": "application/json", "content_encoding": "utf-8", "message_id": event_id}
            producer.publish(body, exchange=exchange, routing_key=key, serializer=None, **options)
            self.told_again += 1
