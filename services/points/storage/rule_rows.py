"""Rows of any declared rule: in force, to come, and one more. Nothing here changes a row that is there."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.rules import Rule

KEPT = ("id", "effective_from", "actor", "change_id")  # beside its fields


def rows_in_force(work: Work, rule: Rule, day: date) -> list[dict[str, Any]]:
    """The newest row of every scope whose day has come by ``day``."""
    table = _table(rule)
    scope = [table.c[name] for name in rule.scope]
    newest = _rows(table).where(table.c.effective_from <= day)
    newest = newest.order_by(*scope, table.c.effective_from.desc(), table.c.id.desc())
    return _found(work, newest.distinct(*scope) if scope else newest.limit(1))


def rows_to_come(work: Work, rule: Rule, day: date) -> list[dict[str, Any]]:
    """Rows that take over after ``day``, the next first."""
    table = _table(rule)
    coming = _rows(table).where(table.c.effective_from > day)
    return _found(work, coming.order_by(table.c.effective_from, table.c.id))


def rows_of_scope(work: Work, rule: Rule, scope: Mapping[str, Any], day: date) -> list[dict[str, Any]]:
    """The row in force on ``day``, if there is one, and those to come, in the order in which they take over."""
    both = [*rows_in_force(work, rule, day), *rows_to_come(work, rule, day)]
    return [row for row in both if all(row[name] == scope[name] for name in rule.scope)]


def row_of_id(work: Work, rule: Rule, row_id: int) -> dict[str, Any]:
    table = _table(rule)
    return dict(work.execute(_rows(table).where(table.c.id == row_id)).one()._mapping)


def put_row(work: Work, rule: Rule, row: Mapping[str, Any], effective_from: date, change_id: str) -> None:
    """``row`` says every field, as the change that was approved does. The moment is that of writing, not of the
    transaction's begin: what a month was closed by is what had been written when its books were."""
    table = _table(rule)
    kept = {"effective_from": effective_from, "actor": work.context.actor, "change_id": change_id}
    work.execute(sa.insert(table).values({**row, **kept, "created_at": sa.func.clock_timestamp()}))


def _table(rule: Rule) -> sa.TableClause:
    names = (*rule.field_names, *KEPT, "created_at")
    return sa.table(rule.name, *(sa.column(name) for name in names))


def _rows(table: sa.TableClause) -> sa.Select[Any]:
    return sa.select(*(column for column in table.c if column.name != "created_at"))


def _found(work: Work, statement: sa.Select[Any]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in work.execute(statement)]
