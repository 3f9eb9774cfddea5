"""What could not be handled: look at it, and put it back to the queue it came from once the cause is mended."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import amqp
import structlog
from kombu import Connection

from services.chassis.bus.publishing import CONNECT_TIMEOUT_S, Publisher, Unroutable
from services.chassis.bus.wire import dead_queue, decode

log = structlog.get_logger(__name__)

PARKED_BY_THE_BROKER = {
    "rejected": "it is not JSON: nobody can read it",
    "delivery_limit": "it was delivered too often: who takes it dies, or loses its connection",
}
"""By the broker's own word for the reason."""


@dataclass(frozen=True)
class DeadLetter:
    """``queue`` is where it belongs, ``reason`` what the last try failed of, ``envelope`` None if it is not JSON."""

    tag: int
    queue: str
    reason: str
    envelope: Any
    body: bytes


def list_dead(amqp_url: str, consumer: str, most: int = 100) -> list[DeadLetter]:
    """The oldest ``most`` messages; they stay where they are."""
    with _queue(amqp_url, consumer) as (channel, name):
        return [letter for letter, _ in _take(channel, name, most)]


def replay_dead(amqp_url: str, consumer: str, most: int = 1000) -> int:
    """Put up to ``most`` messages back to their queues; each is acked only after the broker has the copy. One whose
    queue is gone, or was never known, stays."""
    publisher = Publisher.to(amqp_url)
    with _queue(amqp_url, consumer) as (channel, name):
        replayed = 0
        for letter, message in _take(channel, name, most):
            if _is_put_back(publisher, letter):
                channel.basic_ack(message.delivery_info["delivery_tag"])
                replayed += 1
        return replayed


def _is_put_back(publisher: Publisher, letter: DeadLetter) -> bool:
    try:
        publisher.publish(letter.body, "", letter.queue, mandatory=True)
    except Unroutable:
        log.warning("dead_letter_stays", queue=letter.queue, reason=letter.reason)
        return False
    return True


@contextmanager
def _queue(amqp_url: str, consumer: str) -> Iterator[tuple[amqp.Channel, str]]:
    """What is taken and not acked returns to the queue when the connection closes."""
    with Connection(amqp_url, connect_timeout=CONNECT_TIMEOUT_S) as connection:
        channel = connection.channel()
        queue = dead_queue(consumer)
        queue(channel).declare()
        yield channel, queue.name


def _take(channel: amqp.Channel, name: str, most: int) -> Iterator[tuple[DeadLetter, amqp.Message]]:
    for _ in range(most):
        message = channel.basic_get(name)
        if message is None:
            return
        yield _letter(message), message


def _letter(message: amqp.Message) -> DeadLetter:
    headers = message.headers or {}
    body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
    return DeadLetter(
        tag=message.delivery_info["delivery_tag"],
        queue=headers.get("x-queue") or _first_death(headers),
        reason=headers.get("x-reason") or _why_the_broker_parked_it(headers),
        envelope=_envelope(body),
        body=body,
    )


def _first_death(headers: dict[str, Any]) -> str:
    deaths = headers.get("x-death") or [{}]
    return str(deaths[0].get("queue", ""))


def _why_the_broker_parked_it(headers: dict[str, Any]) -> str:
    """Nobody had a say in the matter: the body could not even be read, or every process that took it died."""
    deaths = headers.get("x-death") or [{}]
    reason = str(deaths[0].get("reason", "unknown"))
    return PARKED_BY_THE_BROKER.get(reason, f"the broker parked it: {reason}")


def _envelope(body: bytes) -> Any:
    try:
        return decode(body)
    except ValueError:
        return None
