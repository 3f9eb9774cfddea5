"""Time comes in as a parameter; this is where it comes from."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
NIGHT = range(1, 6)  # hours in China
OVERDUE = timedelta(hours=36)


class Clock(Protocol):
    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that a test sets and moves."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def advance(self, **delta: float) -> None:
        self.instant += timedelta(**delta)


def local_date(instant: datetime) -> date:
    """The calendar day in China of an instant: what "today" means to a member."""
    return instant.astimezone(CHINA).date()


def start_of_day(day: date) -> datetime:
    """The first moment of a calendar day in China."""
    return datetime.combine(day, time.min, CHINA)


def is_due_tonight(last: datetime | None, now: datetime) -> bool:
    """Of a job that runs once a night in China and was done at ``last``; who is never up at night has it by day."""
    if last is None or last < now - OVERDUE:
        return True
    return now.astimezone(CHINA).hour in NIGHT and local_date(last) < local_date(now)
