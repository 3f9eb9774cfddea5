"""Settings that operators change at run time: effective-dated rows."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from services.catalog.storage.tables import reservation_policy
from services.chassis.data.work import Work


@dataclass(frozen=True)
class ReservationPolicy:
    """``extension``: how much longer a reservation is held while its order is undecided."""

    extension: timedelta
    settle_at_once: int


def reservation_policy_at(work: Work) -> ReservationPolicy:
    """The policy in force at the work's instant."""
    statement = (
        sa.select(reservation_policy.c.extend_s, reservation_policy.c.settle_at_once)
        .where(reservation_policy.c.effective_from <= work.now)
        .order_by(reservation_policy.c.effective_from.desc())
        .limit(1)
    )
    row = work.execute(statement).one()
    return ReservationPolicy(timedelta(seconds=row.extend_s), row.settle_at_once)
