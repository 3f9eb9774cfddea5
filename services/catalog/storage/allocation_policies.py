"""How places are chosen: effective-dated rows of operators."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from services.catalog.storage.tables import allocation_policy as policy
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work

DECIDED = (
    "strategy",
    "parcel_weight",
    "distance_weight",
    "priority_weight",
    "stock_weight",
    "unknown_km",
    "supplies_halls",
)
_IN_FORCE = Planned(
    "policy_in_force",
    sa.select(*(policy.c[name] for name in DECIDED))
    .where(policy.c.effective_from <= sa.bindparam("now"))
    .order_by(policy.c.effective_from.desc())
    .limit(1),
)
_ALL = sa.select(*(policy.c[name] for name in (*DECIDED, "reason", "actor", "decided_at"))).add_columns(
    sa.func.greatest(policy.c.effective_from, sa.text("'epoch'")).label("effective_from")
)


def policy_in_force(work: Work) -> sa.Row:
    """At the work's instant."""
    return work.execute(_IN_FORCE, {"now": work.now}).one()


def write_policy(work: Work, decided: Mapping[str, Any]) -> None:
    """From ``effective_from`` on; the last word on one instant is the first, too: instants are not decided twice."""
    row = {name: decided[name] for name in (*DECIDED, "effective_from", "reason")}
    work.execute(policy.insert(), {**row, "actor": work.context.actor, "decided_at": work.now})


def is_decided(work: Work, effective_from: Any) -> bool:
    there = sa.select(sa.exists().where(policy.c.effective_from == effective_from))
    return bool(work.execute(there).scalar_one())


def list_policies(work: Work) -> list[dict[str, Any]]:
    """The contract's AllocationPolicy, newest first."""
    return [dict(row) for row in work.execute(_ALL.order_by(policy.c.effective_from.desc())).mappings()]
