"""When to try again what a carrier did not answer."""

from datetime import timedelta


def pause_after(failures: int, first_s: float, longest_s: float) -> timedelta:
    """Doubles with each failure: ``first_s`` after the first, never more than ``longest_s``."""
    doublings = min(max(failures - 1, 0), 30)  # 2**30 seconds is longer than any limit
    return timedelta(seconds=min(first_s * 2**doublings, longest_s))
