"""Time comes in as a parameter; this is where it comes from."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

SETTING = "MALL_CLOCK_ERROR_FILE"
CHINA = ZoneInfo("Asia/Shanghai")
NIGHT = range(1, 6)  # hours in China
OVERDUE = timedelta(hours=36)


class Clock(Protocol):
    def now(self) -> datetime: ...


def _right() -> timedelta:
    """Where nobody asks for a wrong clock."""
    return timedelta(0)


def _as_the_file_says(file: Path) -> timedelta:
    try:
        return timedelta(seconds=float(file.read_text()))
    except OSError:
        return timedelta(0)


def _error(file: str | None) -> Callable[[], timedelta]:
    return partial(_as_the_file_says, Path(file)) if file else _right


class SystemClock:
    """Where ``MALL_CLOCK_ERROR_FILE`` is set (nowhere but in the fault suite) it is off by as many seconds as stand in
    that file, if there is one: clocks of machines are set wrongly, and set right again."""

    error = staticmethod(_error(os.environ.get(SETTING)))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.error()


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
