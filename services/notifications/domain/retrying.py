"""How often and how soon a channel tries again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChannelPolicy:
    most_attempts: int
    first_retry_s: int
    longest_retry_s: int
    lease_s: int
    batch: int

    def wait_s(self, attempts: int) -> int:
        """Seconds until the next try after ``attempts`` (>= 1) that failed: doubling, up to the longest."""
        return min(self.first_retry_s << min(attempts - 1, 30), self.longest_retry_s)
