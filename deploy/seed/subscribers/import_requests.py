"""The subscribers as requests to members, in batches."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from deploy.seed.subscribers.demo_people import demo_people
from deploy.seed.subscribers.people import Person, person_of
from deploy.seed.subscribers.sample import customers
from services.members.contract import LARGEST_BATCH


def everybody() -> list[Person]:
    """The demo's people first, then the sample in its order."""
    return [*demo_people(), *(person_of(customer) for customer in customers())]


def import_requests() -> list[dict[str, Any]]:
    """Requests of IMPORT_SUBSCRIBERS, the same every time: a request id names the content of its batch."""
    subscribers = [person.as_subscriber() for person in everybody()]
    return [_request(batch) for batch in _batches(subscribers)]


def _batches(subscribers: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for first in range(0, len(subscribers), LARGEST_BATCH):
        yield subscribers[first : first + LARGEST_BATCH]


def _request(batch: list[dict[str, Any]]) -> dict[str, Any]:
    content = hashlib.sha256(json.dumps(batch, sort_keys=True).encode()).hexdigest()
    return {"request_id": f"seed-subscribers-{batch[0]['subscriber_no']}-{content[:16]}", "subscribers": batch}
