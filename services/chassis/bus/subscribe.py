"""Handling events: ``@subscribe(EVENT)`` on a method that takes a ReceivedEvent.

The message is acked after success. A failure goes through waiting queues (10 s, 1 min, 10 min by default) back to
the handler's queue, and then to ``<consumer>.dead``; what can never succeed goes there at once. What could not even be
tried, for the database is out of reach, waits in the first of them, as often as it takes. Nothing is dropped.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import eventlet
import structlog
from kombu.message import Message
from marshmallow import ValidationError
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint

from services.chassis import metrics
from services.chassis.bus.publishing import Publisher
from services.chassis.bus.queue_consumer import SettlingQueueConsumer
from services.chassis.bus.topology import declare_retry_ladder
from services.chassis.bus.wire import dead_queue, event_queue, retry_name
from services.chassis.contract import Event
from services.chassis.crash_points import crash_point
from services.chassis.data.database import is_out_of_reach
from services.chassis.data.work import ReceivedEvent
from services.chassis.refusal import Refused
from services.chassis.transitions import IllegalTransition

log = structlog.get_logger(__name__)
NEVER_SUCCEEDS = (ValidationError, IllegalTransition, Refused, KeyError, TypeError, ValueError)
REASON_LENGTH = 500
MOVE_AGAIN_S = 0.5


class EventConsumer(Entrypoint):
    queue_consumer = SettlingQueueConsumer()

    def __init__(self, event: Event, **options: Any) -> None:
        self.event = event
        super().__init__(**options)

    def setup(self) -> None:
        consumer = self.container.service_name
        self.queue = event_queue(consumer, self.event.source, self.event.type)
        ladder = partial(declare_retry_ladder, consumer=consumer, retry_after_s=self._ladder)
        self.queue_consumer.declare_first(dead_queue(consumer).name, ladder)
        self.queue_consumer.register_provider(self)

    @property
    def _ladder(self) -> tuple[int, ...]:
        return self.container.config["settings"].retry_after_s

    def stop(self) -> None:
        self.queue_consumer.unregister_provider(self)

    def handle_message(self, body: Any, message: Message) -> None:
        done = partial(self._finish, message)
        try:
            received = self._received(body)
        except NEVER_SUCCEEDS as problem:
            self._park(message, problem)
            return
        context = {
            "correlation_id": body.get("correlation_id"),
            "causation_id": received.id,
            "traceparent": body.get("traceparent"),
            "actor": f"event:{received.type}",
            "channel": "event",
        }
        try:
            self.container.spawn_worker(self, (received,), {}, context_data=context, handle_result=done)
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(message)

    def _received(self, body: Any) -> ReceivedEvent:
        if not isinstance(body, dict):
            raise TypeError("an event is a JSON object")
        return ReceivedEvent(
            id=body["id"],
            type=body["type"],
            subject=body["subject"],
            sequence=body["sequence"],
            occurred_at=datetime.fromisoformat(body["occurred_at"]),
            data=self.event.load_data(body["data"]),
            handler=f"{self.container.service_name}.{self.method_name}",
        )

    def _finish(self, message: Message, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is None:
            self._count("ok")
            crash_point("before_ack", self.method_name)
            self.queue_consumer.ack_message(message)
        else:
            self._retry_or_park(message, exc_info[1])
        return result, exc_info

    def _retry_or_park(self, message: Message, problem: BaseException) -> None:
        attempt = int(message.headers.get("x-attempt", 0))
        if self._ladder and is_out_of_reach(problem):
            self._wait(message, problem, self._ladder[0], attempt)
        elif isinstance(problem, NEVER_SUCCEEDS) or attempt >= len(self._ladder):
            self._park(message, problem)
        else:
            self._wait(message, problem, self._ladder[attempt], attempt + 1)

    def _wait(self, message: Message, problem: BaseException, seconds: int, attempt: int) -> None:
        self._count("retried")
        log.warning("event_retried", type=self.event.type, problem=f"{type(problem).__name__}: {problem}")
        self._move(message, retry_name(self.container.service_name, seconds), self.queue.name, problem, attempt)

    def _park(self, message: Message, problem: BaseException) -> None:
        self._count("parked")
        log.error("event_parked", type=self.event.type, exc_info=problem)
        self._move(message, "", dead_queue(self.container.service_name).name, problem, 0)

    def _move(self, message: Message, exchange: str, key: str, problem: BaseException, attempt: int) -> None:
        """Publish to the waiting or dead queue with confirms, then ack: twice at worst, never lost."""
        headers = {
            "x-attempt": attempt,
            "x-queue": self.queue.name,
            "x-reason": f"{type(problem).__name__}: {problem}"[:REASON_LENGTH],
        }
        publish = partial(self._publish, _bytes_of(message), exchange, key, mandatory=True, headers=headers)
        if publish():
            self._is_moved(message)
        else:  # not in this worker: others need its place
            self.container.spawn_managed_thread(partial(self._insist, publish, message), identifier="event-mover")

    def _insist(self, publish: Callable[[], bool], message: Message) -> None:
        """Until the queue takes it. Given back it would come again at once; what came too often the broker parks."""
        while self.queue_consumer.holds(message) and not self.queue_consumer.is_leaving:
            eventlet.sleep(MOVE_AGAIN_S)
            if publish():
                self._is_moved(message)
                return
        self.queue_consumer.requeue_message(message)

    def _publish(self, body: bytes, exchange: str, key: str, **properties: Any) -> bool:
        try:
            Publisher.to(self.container.config["AMQP_URI"]).publish(body, exchange, key, **properties)
        except Exception:  # the queue is full, gone or out of reach
            log.warning("event_not_moved", exc_info=True)
            return False
        return True

    def _is_moved(self, message: Message) -> None:
        crash_point("after_move", self.method_name)
        self.queue_consumer.ack_message(message)

    def _count(self, outcome: str) -> None:
        metrics.EVENTS.labels(self.container.service_name, self.event.type, outcome).inc()


subscribe = EventConsumer.decorator


def _bytes_of(message: Message) -> bytes:
    body = message.body
    return body if isinstance(body, bytes) else bytes(body, "utf-8") if isinstance(body, str) else bytes(body)
