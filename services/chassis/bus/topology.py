"""What must stand on the broker before anybody publishes: exchanges, and the queues of everyone who listens.

An event that is published before its consumer's queue exists is lost, and RabbitMQ says nothing. So a deploy step
declares all of it before the services start. Publishers declare nothing: on a broker that nobody has prepared their
events wait in the outbox. (That is a net with a hole: an exchange stands a moment before its queues are bound to it.)
"""

from collections.abc import Iterable, Sequence
from typing import Any

from services.chassis.bus.wire import dead_queue, event_queue, events_exchange, retry_queue
from services.chassis.contract import Event


def declare_publisher(channel: Any, service: str) -> None:
    events_exchange(service)(channel).declare()


def declare_consumer(channel: Any, consumer: str, events: Iterable[Event], retry_after_s: Sequence[int]) -> None:
    """The queue of each event, where failures wait, and where they end. Safe to repeat."""
    declare_retry_ladder(channel, consumer, retry_after_s)
    for event in events:
        event_queue(consumer, event.source, event.type)(channel).declare()


def declare_retry_ladder(channel: Any, consumer: str, retry_after_s: Sequence[int]) -> None:
    dead_queue(consumer)(channel).declare()
    for seconds in retry_after_s:
        retry_queue(consumer, seconds)(channel).declare()
