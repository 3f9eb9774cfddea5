"""The broker in memory: queues for each consumer, messages that come late, more than once and in any order.

What is published is durable once it was confirmed, and what is not acknowledged comes again: the broker itself loses
nothing else, as its quorum queues do not. Everything else that is done with a message is the chassis' own code.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from inspect import getmembers, isfunction
from types import SimpleNamespace
from typing import Any

import orjson

from services.chassis.bus.subscribe import EventConsumer
from services.chassis.bus.wire import event_queue
from services.chassis.context import Context
from services.chassis.contract import Event
from tests.simulation.scheduler import Crash, Scheduler

RETRY_AFTER_S = (10, 60, 600)  # as the settings have it
TWICE, LATE, LOST_CONNECTION, DIES = 0.03, 0.05, 0.02, 0.02
Serve = Callable[[str, Context], Any]  # a service of this name, as a worker has it


@dataclass
class Message:
    """What a handler's entrypoint sees of a message."""

    body: bytes
    headers: dict[str, Any] = field(default_factory=dict)


@dataclass
class Dead:
    queue: str
    reason: str


@cache
def handlers_of(cls: Any) -> list[tuple[str, Event, Any]]:
    """The methods of a service that hear an event, with the event and the queue."""
    return [
        (name, entrypoint.event, event_queue(cls.name, entrypoint.event.source, entrypoint.event.type))
        for name, method in getmembers(cls, isfunction)
        for entrypoint in getattr(method, "nameko_entrypoints", ())
        if isinstance(entrypoint, EventConsumer)
    ]


class Bus:
    def __init__(self, scheduler: Scheduler, classes: Iterable[type], serve: Serve) -> None:
        self.scheduler, self.serve = scheduler, serve
        self.dead: list[Dead] = []
        self.published: dict[str, str] = {}  # types by event id
        self.queues: dict[str, EventConsumer] = {}
        self.listeners: dict[str, list[str]] = {}
        for cls in classes:
            self._bind(cls)

    def publish(self, event_type: str, envelope: str) -> None:
        self.published[orjson.loads(envelope)["id"]] = event_type
        for queue in self.listeners.get(event_type, ()):
            for _ in range(self._copies(f"{event_type} comes again to {queue}")):
                self.deliver(queue, Message(envelope.encode()), self._delay(f"{event_type} is late for {queue}"))

    def deliver(self, queue: str, message: Message, after_s: float = 0) -> None:
        self.scheduler.spawn(f"{queue}", lambda: self._hand_over(queue, message), after_s)

    def move(self, body: bytes, exchange: str, key: str, headers: dict[str, Any]) -> None:
        """As the chassis moves what a handler failed at: to wait for its next try, or to the dead letters."""
        if not exchange:
            self.scheduler.trace.note(f"{headers['x-queue']}: parked, {headers['x-reason']}")
            self.dead.append(Dead(headers["x-queue"], headers["x-reason"]))
            return
        seconds = int(exchange.rpartition(".")[2].removesuffix("s"))
        self.scheduler.trace.note(f"{key}: again in {seconds} s, {headers['x-reason']}")
        self.deliver(key, Message(body, headers), seconds)

    def handler_of(self, queue: str) -> str:
        """As the inbox names it."""
        consumer = self.queues[queue]
        return f"{consumer.container.service_name}.{consumer.method_name}"

    def _bind(self, cls: Any) -> None:
        for name, event, queue in handlers_of(cls):
            consumer = EventConsumer(event)
            consumer.method_name, consumer.queue = name, queue
            self.queues[queue.name] = consumer
            self.listeners.setdefault(event.type, []).append(queue.name)
            self._attach(consumer, cls.name)

    def _attach(self, consumer: Any, service: str) -> None:
        settings = SimpleNamespace(retry_after_s=RETRY_AFTER_S)
        consumer.container = SimpleNamespace(
            service_name=service,
            config={"settings": settings, "AMQP_URI": self},
            spawn_worker=lambda entrypoint, args, _, context_data, handle_result: self._work(
                service, entrypoint, args, context_data, handle_result
            ),
        )
        consumer.queue_consumer = SimpleNamespace(ack_message=lambda message: None, requeue_message=None)

    def _work(self, service: str, entrypoint: Any, args: Any, context_data: Any, handle_result: Any) -> None:
        """A fault is the chassis' to deal with; a crash is not, and the message comes again."""
        served = self.serve(service, Context.from_data(context_data))
        try:
            result, problem = getattr(served, entrypoint.method_name)(*args), None
        except Exception as raised:  # noqa: BLE001 — whatever a handler raises
            result, problem = None, raised
        handle_result(None, result, (type(problem), problem, None) if problem else None)

    def _hand_over(self, queue: str, message: Message) -> None:
        self.scheduler.trace.note(f"{queue} <- {orjson.loads(message.body)['subject'][:12]}")
        try:
            self.queues[queue].handle_message(orjson.loads(message.body), message)
        except Crash:
            self.deliver(queue, message)
            raise

    def _copies(self, what: str) -> int:
        return 1 + (1 + self.scheduler.chance.pick(3) if self.scheduler.chance.fault(what, TWICE) else 0)

    def _delay(self, what: str) -> float:
        return self.scheduler.chance.between(1, 1200) if self.scheduler.chance.fault(what, LATE) else 0


class Channel:
    """What a relay publishes on. Unconfirmed messages are gone with the connection."""

    def __init__(self, bus: Bus, service: str) -> None:
        self.bus, self.service, self.unconfirmed = bus, service, list[tuple[str, str]]()

    def publish(self, exchange: str, event_type: str, envelope: str, event_id: str) -> None:
        self.unconfirmed.append((event_type, envelope))

    def wait_for_confirms(self, seconds: float) -> None:
        if self._fault("relay loses the broker while it publishes", LOST_CONNECTION):
            self._arrive(self.bus.scheduler.chance.pick(len(self.unconfirmed) + 1))
            raise ConnectionError("the broker is gone")
        self._arrive(len(self.unconfirmed))
        if self._fault("relay dies after it published", DIES):
            raise Crash

    def close(self) -> None:
        """What nobody waited for arrives, or does not."""
        if self.unconfirmed and not self._fault("broker goes with what it has not confirmed", LOST_CONNECTION):
            self._arrive(len(self.unconfirmed))

    def _arrive(self, how_many: int) -> None:
        for event_type, envelope in self.unconfirmed[:how_many]:
            self.bus.publish(event_type, envelope)
        self.unconfirmed = []

    def _fault(self, what: str, odds: float) -> bool:
        return self.bus.scheduler.chance.fault(f"{self.service}'s {what}", odds)


class BusPublisher:
    """In the place of the chassis' Publisher: the address of the broker is the bus."""

    @staticmethod
    def to(bus: Bus, confirms: bool) -> "BusPublisher":
        return BusPublisher(bus)

    def __init__(self, bus: Bus) -> None:
        self.bus = bus

    def publish(self, body: bytes, exchange: str, key: str, *, mandatory: bool, headers: dict[str, Any]) -> None:
        self.bus.move(body, exchange, key, headers)
