"""Exchange rates: effective-dated rows; the newest one of a way whose day has come counts."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.exchange import Rate

_IN_FORCE = sa.text("""
    SELECT DISTINCT ON (from_unit, to_unit) id, from_unit, give, get, expiry, open FROM exchange_rate
    WHERE (from_unit, to_unit) IN ((:from_unit, :to_unit), (:to_unit, :from_unit)) AND effective_from <= :day
    ORDER BY from_unit, to_unit, effective_from DESC, id DESC
""")


@dataclass(frozen=True)
class ExchangeRate:
    """A row. ``expiry``: what is bought keeps the last day of what was given, or gets one by policy."""

    id: int
    rate: Rate
    expiry: str

    @property
    def rule(self) -> str:
        """What journals name it by."""
        return f"exchange_rate:{self.id}"


def rates_in_force(
    work: Work, from_unit: str, to_unit: str, day: date
) -> tuple[ExchangeRate | None, ExchangeRate | None]:
    """(there, back); None for a way that is closed."""
    found = work.execute(_IN_FORCE, {"from_unit": from_unit, "to_unit": to_unit, "day": day})
    ways = {row.from_unit: ExchangeRate(row.id, Rate(row.give, row.get), row.expiry) for row in found if row.open}
    return ways.get(from_unit), ways.get(to_unit)
