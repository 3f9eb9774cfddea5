"""What was decided about days gone by stays: points were earned and spent by it."""

from datetime import date

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def insist_on_time_to_come(work: Work, effective_from: date, refusal: str) -> None:
    """Today, by the calendar of China, or later; else it is refused with the code ``refusal``."""
    today = local_date(work.now)
    if effective_from < today:
        raise Refused(refusal, "it cannot take effect in the past", earliest=today.isoformat())
