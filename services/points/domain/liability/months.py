"""Calendar months."""

import calendar
from dataclasses import dataclass
from datetime import date

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, order=True)
class Month:
    """``index`` counts months from the year 0, so that months can be subtracted."""

    index: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year * MONTHS_PER_YEAR + day.month - 1)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """``2026-10``; raises ValueError."""
        return cls.of(date.fromisoformat(f"{text}-01"))

    @property
    def first_day(self) -> date:
        year, month = divmod(self.index, MONTHS_PER_YEAR)
        return date(year, month + 1, 1)

    @property
    def last_day(self) -> date:
        first = self.first_day
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])

    def later(self, months: int) -> "Month":
        return Month(self.index + months)

    def __sub__(self, other: "Month") -> int:
        return self.index - other.index

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"
