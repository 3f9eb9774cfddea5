"""Audit runs as rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from services.chassis.data.work import Work

_WRITE = sa.text("""
    INSERT INTO audit_run (started_at, finished_at, findings, actor)
    VALUES (:started_at, :finished_at, CAST(:findings AS jsonb), :actor) RETURNING id
""")
_LAST = sa.text("SELECT finished_at, findings FROM audit_run ORDER BY id DESC LIMIT 1")


class AuditRun(NamedTuple):
    """``breaches``: {"name", "found"}, a rule and its offenders as texts."""

    finished_at: datetime
    breaches: Sequence[dict[str, Any]]


def write_run(work: Work, started_at: datetime, breaches: Sequence[dict[str, Any]]) -> int:
    """Its id."""
    told = {"findings": orjson.dumps(breaches).decode(), "actor": work.context.actor}
    return int(work.execute(_WRITE, {"started_at": started_at, "finished_at": work.now, **told}).scalar_one())


def last_run(work: Work) -> AuditRun | None:
    row = work.execute(_LAST).one_or_none()
    return None if row is None else AuditRun(row.finished_at, row.findings)
