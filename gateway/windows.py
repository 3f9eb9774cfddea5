"""How often something happened in its running window: what the rate limits count with, in this process.

The library's own memory goes through every key a hundred times a second; here what is over is found at the front.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from limits.storage import Storage

MOST_WINDOWS = 50_000


class Windows(Storage):
    """Bounded: above ``MOST_WINDOWS`` the oldest is forgotten. All windows are of one length, so oldest is first."""

    STORAGE_SCHEME = None  # made by us, never by an address
    base_exceptions = ValueError

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.clock = clock
        self._open: OrderedDict[str, tuple[float, int]] = OrderedDict()  # when it ends, how often so far

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        self._forget_what_is_over()
        ends_at, count = self._open.get(key, (self.clock() + expiry, 0))
        self._open[key] = ends_at, count + amount
        if len(self._open) > MOST_WINDOWS:
            self._open.popitem(last=False)
        return count + amount

    def get(self, key: str) -> int:
        self._forget_what_is_over()
        return self._open.get(key, (0.0, 0))[1]

    def get_expiry(self, key: str) -> float:
        """On this storage's clock."""
        return self._open.get(key, (self.clock(), 0))[0]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        forgotten = len(self._open)
        self._open.clear()
        return forgotten

    def clear(self, key: str) -> None:
        self._open.pop(key, None)

    def __len__(self) -> int:
        return len(self._open)

    def _forget_what_is_over(self) -> None:
        now = self.clock()
        while self._open and next(iter(self._open.values()))[0] <= now:
            self._open.popitem(last=False)
