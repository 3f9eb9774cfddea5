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
CLOCKS_DISAGREE_S = 60.0  # nobody waits so long for an answer, and no request stays so long in a queue
HEADER_PREFIX = "nameko."  # nameko carries context data in headers of this prefix


@dataclass(frozen=True)
class Context:
    """``deadline`` is monotonic seconds of this process (None: no hurry), epoch seconds where it travels;
    ``traceparent`` is W3C; ``actor`` is "member:mbr_…", "job:…".

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
        left = seconds_left_in(data)
        return cls(
            correlation_id=str(data.get("correlation_id") or new_id("cor")),
            traceparent=child_of(data.get("traceparent")),
            causation_id=data.get("causation_id"),
            deadline=None if left is None else time.monotonic() + left,
            actor=str(data.get("actor") or "system"),
            channel=str(data.get("channel") or "internal"),
        )

    def as_headers(self) -> dict[str, Any]:
        left = self.seconds_left()
        fields = {
            "correlation_id": self.correlation_id,
            "traceparent": self.traceparent,
            "causation_id": self.causation_id,
            "deadline": None if left is None else time.time() + left,
            "actor": self.actor,
            "channel": self.channel,
        }
        return {f"{HEADER_PREFIX}{name}": value for name, value in fields.items() if value is not None}

    def within(self, seconds: float) -> "Context":
        """The same context with a deadline at most ``seconds`` from now."""
        limit = time.monotonic() + seconds
        return replace(self, deadline=min(limit, self.deadline) if self.deadline else limit)

    def seconds_left(self) -> float | None:
        return None if self.deadline is None else self.deadline - time.monotonic()

    @property
    def trace_id(self) -> str:
        return self.traceparent.split("-")[1]


def seconds_left_in(data: Mapping[str, Any]) -> float | None:
    """Until the deadline that came along. One that nobody can have meant comes from a clock that is wrong, there or
    here, and counts for nothing: the work is bounded by its service's own limits."""
    deadline = data.get("deadline")
    if not isinstance(deadline, int | float):
        return None
    left = deadline - time.time()
    return left if abs(left) <= CLOCKS_DISAGREE_S else None


def new_traceparent() -> str:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child_of(parent: Any) -> str:
    """A new span in the parent's trace; a malformed parent starts a new trace (W3C Trace Context, section 4.3)."""
    found = TRACEPARENT.fullmatch(parent) if isinstance(parent, str) else None
    return f"00-{found['trace']}-{secrets.token_hex(8)}-{found['flags']}" if found else new_traceparent()
