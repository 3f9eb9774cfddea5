"""Pools: who pays for points, and what may be done with them. The newest row of a pool whose day has come counts."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.chart import GENERAL_POOL

_IN_FORCE = sa.text("""
    SELECT DISTINCT ON (no) no, giftable, exchangeable FROM pool
    WHERE effective_from <= :day ORDER BY no, effective_from DESC, id DESC
""")


@dataclass(frozen=True)
class Pool:
    no: int
    giftable: bool
    exchangeable: bool


def is_known_pool(work: Work, no: int, day: date) -> bool:
    """The general pool is known without asking."""
    return no == GENERAL_POOL or any(pool.no == no for pool in pools_in_force(work, day))


def pools_in_force(work: Work, day: date) -> list[Pool]:
    """A pool that is not among them is unknown: nothing may be done with it but spending."""
    return [Pool(row.no, row.giftable, row.exchangeable) for row in work.execute(_IN_FORCE, {"day": day})]
