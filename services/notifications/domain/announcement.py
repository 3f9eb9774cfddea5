"""One thing to tell one member."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.notifications.domain.topics import Variables

Data = dict[str, Any]
Words = dict[str, str | Mapping[str, str]]


@dataclass(frozen=True)
class Announcement:
    """One thing to tell one member; ``topic`` names its templates."""

    topic: str
    member_id: str
    variables: Variables


def short_number(order_id: str) -> str:
    """The end of an order id: enough to tell one's orders apart, short enough for a message."""
    return order_id[-8:].upper()


def told(topic: str, data: Data, variables: Variables) -> list[Announcement]:
    """One announcement to the one member whom an event is about."""
    return [Announcement(topic, data["member_id"], variables)]
