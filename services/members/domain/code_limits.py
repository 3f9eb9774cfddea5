"""How often one phone number may be sent a code."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class CodeLimit:
    """At most ``most`` codes in any ``window_s`` seconds."""

    window_s: int
    most: int


def wait_s(limits: Iterable[CodeLimit], earlier: Sequence[datetime], now: datetime) -> int:
    """Whole seconds until the next code is allowed (0: now). ``earlier`` are the times of codes asked for before."""
    return max((_wait_under(limit, earlier, now) for limit in limits), default=0)


def _wait_under(limit: CodeLimit, earlier: Sequence[datetime], now: datetime) -> int:
    window = timedelta(seconds=limit.window_s)
    recent = sorted(moment for moment in earlier if moment > now - window)
    if len(recent) < limit.most:
        return 0
    if limit.most == 0:
        return limit.window_s
    return math.ceil((recent[-limit.most] + window - now).total_seconds())
