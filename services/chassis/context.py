"""What travels with every call and event: who caused it, until when it matters, which trace it belongs to."""

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.chassis.ids import new_id

TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?P<trace>(?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-(?P<flags>[0-9a-f]{2})"
)
HEADER_PREFIX = "nameko."  # nameko carries context data in headers of this prefix


@dataclass(frozen=True)
class Context:
    """``deadline`` is epoch seconds (None: no hurry); ``traceparent`` is W3C; ``actor`` is "member:mbr_…", "job:…".

    ``channel`` is the door through which it came: "web", "wap", "app", "sms", "ops", "job", "event"; "internal" where
    nobody said.
    """

    correlation_id: str
    traceparent: str
    causation_id: str | None = None
    deadline: float | None = None
    actor: str = "system"
    channel: str = "internal"

    @classmethod
    def fresh(cls, actor: str = "system", deadline: float | None = None, channel: str = "internal") -> "Context":
        return cls(new_id("cor"), new_traceparent(), deadline=deadline, actor=actor, channel=channel)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Context":
        """From nameko's worker data; whatever is missing or malformed is made anew."""
        deadline = data.get("deadline")
        return cls(
            correlation_id=str(data.get("correlation_id") or new_id("cor")),
            traceparent=child_of(data.get("traceparent")),
            causation_id=data.get("causation_id"),
            deadline=float(deadline) if isinstance(deadline, int | float) else None,
            actor=str(data.get("actor") or "system"),
            channel=str(data.get("channel") or "internal"),
        )

    def as_headers(self) -> dict[str, Any]:
        fields = {
            "correlation_id": self.correlation_id,
            "traceparent": self.traceparent,
            "causation_id": self.causation_id,
            "deadline": self.deadline,
            "actor": self.actor,
            "channel": self.channel,
        }
        return {f"{HEADER_PREFIX}{name}": value for name, value in fields.items() if value is not None}

    def within(self, seconds: float) -> "Context":
        """The same context with a deadline at most ``seconds`` from now."""
        limit = time.time() + seconds
        return replace(self, deadline=min(limit, self.deadline) if self.deadline else limit)

    def seconds_left(self) -> float | None:
        return None if self.deadline is None else self.deadline - time.time()

    @property
    def trace_id(self) -> str:
        return self.traceparent.split("-")[1]


def new_traceparent() -> str:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child_of(parent: Any) -> str:
    """A new span in the parent's trace; a malformed parent starts a new trace (W3C Trace Context, section 4.3)."""
    found = TRACEPARENT.fullmatch(parent) if isinstance(parent, str) else None
    return f"00-{found['trace']}-{secrets.token_hex(8)}-{found['flags']}" if found else new_traceparent()
