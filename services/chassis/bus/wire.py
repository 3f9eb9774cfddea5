"""The JSON of every message, and the topology names that all sides share."""

from typing import Any

import kombu.serialization
import orjson
from kombu import Exchange, Queue

CONTENT_TYPE = "application/json"
RPC_EXCHANGE = Exchange("nameko-rpc", type="topic", durable=True)
QUORUM = {"x-queue-type": "quorum"}


def encode(body: Any) -> bytes:
    """Number keys become text: a refusal names the wrong item of a list by its place."""
    return orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS)


def decode(body: Any) -> Any:
    return orjson.loads(body)


def use_fast_json() -> None:
    """Make kombu's "json" plain JSON by orjson: messages carry no Python types, so tags for them are not wanted."""
    kombu.serialization.register("json", lambda body: encode(body).decode(), decode, CONTENT_TYPE, "utf-8")


def events_exchange(source: str) -> Exchange:
    return Exchange(f"{source}.events", type="topic", durable=True)


def retry_name(consumer: str, seconds: int) -> str:
    return f"{consumer}.retry.{seconds}s"


def retry_queue(consumer: str, seconds: int) -> Queue:
    """Messages wait here and, when they expire, return to the queue that their routing key names."""
    name = retry_name(consumer, seconds)
    waiting = {
        "x-message-ttl": seconds * 1000,
        "x-dead-letter-exchange": "",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    return Queue(name, Exchange(name, type="fanout", durable=True), durable=True, queue_arguments=QUORUM | waiting)


def dead_queue(consumer: str) -> Queue:
    """What could not be handled: readable and replayable by ops, never dropped."""
    return Queue(f"{consumer}.dead", durable=True, queue_arguments=QUORUM)


def event_queue(consumer: str, source: str, event_type: str) -> Queue:
    dead = {"x-delivery-limit": 20, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": f"{consumer}.dead"}
    return Queue(
        f"{consumer}.on.{event_type}",
        exchange=events_exchange(source),
        routing_key=event_type,
        durable=True,
        queue_arguments=QUORUM | dead,
    )
