"""What is done about a step that takes its time: rows that operations change."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log

REFUND = "refund"  # no step of an order: of each refund of its cash, at the provider


@dataclass(frozen=True)
class StepPolicy:
    """Seconds. ``ask_after_s``: until whoever should have done it by itself is asked (None: nobody is);
    ``ask_every_s``: from the first try to the next, also of undoing; after each further try ``back_off`` times as long
    (1 or more), but never longer than ``ask_longest_s``; ``stuck_after_s``: until somebody must look."""

    ask_after_s: int | None = None
    ask_every_s: int = 30
    stuck_after_s: int | None = None
    back_off: float = 1.0
    ask_longest_s: int = 86_400

    def first_ask(self, now: datetime) -> datetime | None:
        return now + timedelta(seconds=self.ask_after_s) if self.ask_after_s is not None else None

    def next_ask(self, now: datetime, tries: int) -> datetime:
        """If nothing comes of the try that is made now, after ``tries`` before it."""
        return now + timedelta(seconds=self.delay_s(tries))

    def delay_s(self, tries: int) -> int:
        if self.back_off <= 1:
            return self.ask_every_s
        if tries >= log(self.ask_longest_s / self.ask_every_s, self.back_off):  # the power may be beyond any number
            return self.ask_longest_s
        return min(int(self.ask_every_s * self.back_off**tries), self.ask_longest_s)

    def stuck_at(self, now: datetime) -> datetime | None:
        return now + timedelta(seconds=self.stuck_after_s) if self.stuck_after_s is not None else None
