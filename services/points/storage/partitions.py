"""Monthly partitions of the entries."""

import sqlalchemy as sa

from services.chassis.data.work import Work

_PREPARE = sa.text("SELECT prepare_entry_partitions(:months_ahead)")


def prepare_partitions(work: Work, months_ahead: int) -> int:
    """How many were made, the current month's included."""
    return int(work.execute(_PREPARE, {"months_ahead": months_ahead}).scalar_one())
