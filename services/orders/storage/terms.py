"""The terms of sale: effective-dated rows of operators."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.orders.domain.terms import SaleTerms
from services.orders.storage.tables import sale_terms

_DECIDED = [sale_terms.c[field.name] for field in fields(SaleTerms)]
_IN_FORCE = (
    sa.select(*_DECIDED)
    .where(sale_terms.c.effective_from <= sa.bindparam("at"))
    .order_by(sale_terms.c.effective_from.desc())
    .limit(1)
)
_ALL = sa.select(sale_terms.c.effective_from, *_DECIDED, sale_terms.c.reason, sale_terms.c.actor).order_by(
    sale_terms.c.effective_from.desc()
)


def terms_in_force(work: Work, at: datetime | None = None) -> SaleTerms:
    """Now, or ``at`` a later instant as it is decided so far."""
    return SaleTerms(*work.execute(_IN_FORCE, {"at": at or work.now}).one())


def all_terms(work: Work) -> list[dict[str, Any]]:
    """Newest first."""
    return [dict(row) for row in work.execute(_ALL).mappings()]


def write_terms(work: Work, decided: Mapping[str, Any]) -> bool:
    """``decided``: what SaleTerms has, effective_from, reason. False if this instant has some already."""
    row = insert(sale_terms).values({**decided, "actor": work.context.actor})
    return work.execute(row.on_conflict_do_nothing()).rowcount == 1
