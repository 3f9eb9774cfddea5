"""What is done about a step that takes its time: rows that operations change."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class StepPolicy:
    """Seconds. ``ask_after_s``: until whoever should have done it by itself is asked (None: nobody is);
    ``ask_every_s``: from one try to the next, also of undoing; ``stuck_after_s``: until somebody must look."""

    ask_after_s: int | None = None
    ask_every_s: int = 30
    stuck_after_s: int | None = None

    def first_ask(self, now: datetime) -> datetime | None:
        return now + timedelta(seconds=self.ask_after_s) if self.ask_after_s is not None else None

    def next_ask(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.ask_every_s)

    def stuck_at(self, now: datetime) -> datetime | None:
        return now + timedelta(seconds=self.stuck_after_s) if self.stuck_after_s is not None else None
