"""The terms of carts: effective-dated rows of operators."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.chassis.data.work import Work

_IN_FORCE = sa.text("""
    SELECT most_lines, keep_days FROM cart_terms WHERE effective_from <= :now ORDER BY effective_from DESC LIMIT 1
""")
_WRITE = sa.text("""
    INSERT INTO cart_terms (effective_from, most_lines, keep_days, reason, actor)
    VALUES (:effective_from, :most_lines, :keep_days, :reason, :actor) ON CONFLICT (effective_from) DO NOTHING
""")
_ALL = sa.text("""
    SELECT greatest(effective_from, 'epoch') AS effective_from, most_lines, keep_days, reason, actor FROM cart_terms
    ORDER BY cart_terms.effective_from DESC
""")


class CartTerms(NamedTuple):
    """``keep``: how long lines stay that nobody touches."""

    most_lines: int
    keep: timedelta


def cart_terms_in_force(work: Work) -> CartTerms:
    row = work.execute(_IN_FORCE, {"now": work.now}).one()
    return CartTerms(row.most_lines, timedelta(days=row.keep_days))


def write_cart_terms(work: Work, most_lines: int, keep_days: int, effective_from: datetime, reason: str) -> bool:
    """False if this instant has some already."""
    decided = {"most_lines": most_lines, "keep_days": keep_days, "effective_from": effective_from, "reason": reason}
    return work.execute(_WRITE, {**decided, "actor": work.context.actor}).rowcount == 1


def list_cart_terms(work: Work) -> list[dict[str, Any]]:
    """Newest first."""
    return [dict(row) for row in work.execute(_ALL).mappings()]
