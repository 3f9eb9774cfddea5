"""Messages that nobody can handle, as they might come from a broken or a foreign publisher."""

import json
import uuid
from typing import Any

from kombu import Connection

QUEUES = (
    "points.on.order.confirmed.v1",
    "catalog.on.order.confirmed.v1",
    "logistics.on.order.confirmed.v1",
    "notifications.on.order.confirmed.v1",
    "orders.on.points.hold_captured.v1",
)


def poisons() -> dict[str, bytes]:
    """By what is wrong with them; no two bodies are the same."""
    envelope: dict[str, Any] = {
        "id": f"evt_{uuid.uuid4()}",
        "type": "order.confirmed.v1",
        "source": "orders",
        "occurred_at": "2026-11-22T10:00:00Z",
        "subject": "ord_0",
        "sequence": 1,
        "data": {},
    }
    without_subject = {name: value for name, value in envelope.items() if name != "subject"}
    return {
        "no JSON": f"{{not json {uuid.uuid4()}".encode(),
        "no object": json.dumps([str(uuid.uuid4())]).encode(),
        "no subject": json.dumps(without_subject | {"id": f"evt_{uuid.uuid4()}"}).encode(),
        "no data that fit": json.dumps(envelope | {"data": {"order_id": 7}}).encode(),
        "another version": json.dumps(envelope | {"id": f"evt_{uuid.uuid4()}", "type": "order.confirmed.v9"}).encode(),
        "no instant": json.dumps(envelope | {"id": f"evt_{uuid.uuid4()}", "occurred_at": "yesterday"}).encode(),
    }


def plant(amqp_url: str) -> dict[str, dict[str, bytes]]:
    """Bodies by queue and by what is wrong with them."""
    planted = {queue: poisons() for queue in QUEUES}
    with Connection(amqp_url) as connection:
        producer = connection.Producer()
        for queue, bodies in planted.items():
            for body in bodies.values():
                options = {"content_type": "application/json", "content_encoding": "utf-8", "delivery_mode": 2}
                producer.publish(body, exchange="", routing_key=queue, serializer=None, **options)
    return planted
