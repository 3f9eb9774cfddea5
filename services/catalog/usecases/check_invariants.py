"""The auditor: counts everything again and says what does not agree."""

from typing import Any

import sqlalchemy as sa

from services.catalog.storage.invariants import INVARIANTS
from services.chassis.data.work import Work

MOST_SHOWN = 20


def check_invariants(work: Work) -> list[dict[str, Any]]:
    """[{name, ok, found}]; ``found`` are rows (dicts) that break the rule, at most twenty of them."""
    return [_check(work, name, query) for name, query in INVARIANTS.items()]


def _check(work: Work, name: str, query: str) -> dict[str, Any]:
    rows = work.execute(sa.text(query)).mappings().fetchmany(MOST_SHOWN)
    return {"name": name, "ok": not rows, "found": [dict(row) for row in rows]}
