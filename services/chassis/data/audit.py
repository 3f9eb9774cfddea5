"""Audits: what must always be true, each rule with whatever breaks it."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

Finding = dict[str, Any]
MOST_SHOWN = 20


def audited(work: Work, rules: Mapping[str, str], **parameters: Any) -> list[Finding]:
    """One finding a rule. ``rules`` maps a name to a query for the rows that break it; ``parameters`` are bound.

    A row of one column is shown as its value, a wider one as {column: value}.
    """
    return [finding(name, _broken(work, query, parameters)) for name, query in rules.items()]


def finding(name: str, found: Iterable[Any]) -> Finding:
    """{"name", "ok", "found"}: ``found`` are the offenders, at most twenty of them, none when ``ok``."""
    shown = list(islice(found, MOST_SHOWN))
    return {"name": name, "ok": not shown, "found": shown}


def _broken(work: Work, query: str, parameters: Mapping[str, Any]) -> list[Any]:
    # Once each and in an order, so that two audits of the same damage say the same.
    few = f"SELECT DISTINCT * FROM ({query}) AS broken ORDER BY 1 LIMIT :most"  # noqa: S608 — rules are constants
    rows = work.execute(sa.text(few), {**parameters, "most": MOST_SHOWN})
    if len(rows.keys()) == 1:
        return list(rows.scalars())
    return [dict(row) for row in rows.mappings()]
