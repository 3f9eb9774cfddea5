"""When to start a dead process again, and when to give up on it."""

FIRST_DELAY = 0.3
LONGEST_DELAY = 5.0
RAPID = 10.0
"""A process that lived at least this many seconds did not die of its start."""


class Backoff:
    def __init__(self, limit: int = 10) -> None:
        self.limit = limit
        self.rapid_deaths = 0

    def after(self, lived: float) -> float | None:
        """The delay before the next start, or None when it died `limit` times in a row right after its start."""
        self.rapid_deaths = 1 if lived >= RAPID else self.rapid_deaths + 1
        if self.rapid_deaths >= self.limit:
            return None
        return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** (self.rapid_deaths - 1))
