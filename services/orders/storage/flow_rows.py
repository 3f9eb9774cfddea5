"""Rows of flows and step policies as operations see and add them: never changed, the newest one counts."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.storage.tables import order_flow, step_policy

Row = dict[str, Any]


def flow_rows(work: Work) -> list[Row]:
    return _all(work, order_flow, order_flow.c.delivery, order_flow.c.variant)


def policy_rows(work: Work) -> list[Row]:
    return _all(work, step_policy, step_policy.c.step)


def add_flow(work: Work, effective_from: datetime, reason: str, **row: Any) -> Row:
    return _add(work, order_flow, effective_from, reason, row)


def add_policy(work: Work, effective_from: datetime, reason: str, **row: Any) -> Row:
    return _add(work, step_policy, effective_from, reason, row)


def _all(work: Work, table: sa.Table, *scope: sa.Column) -> list[Row]:
    rows = work.execute(sa.select(table).order_by(*scope, table.c.effective_from))
    return [dict(row._mapping) for row in rows]


def _add(work: Work, table: sa.Table, effective_from: datetime, reason: str, row: Row) -> Row:
    values = {**row, "effective_from": effective_from, "actor": work.context.actor, "reason": reason}
    work.execute(table.insert(), values)
    return values
