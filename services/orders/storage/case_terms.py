"""Terms and reasons of cases in force: of rows of one scope the newest counts whose time has come."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.orders.domain.aftersale.terms import AfterSaleTerms
from services.orders.storage.tables import after_sale_reason, after_sale_terms

EVERYBODY = ""
_TERMS = (
    sa.select(after_sale_terms)
    .where(
        after_sale_terms.c.merchant_id.in_([EVERYBODY, sa.bindparam("merchant_id")]),
        after_sale_terms.c.effective_from <= sa.bindparam("now"),
    )
    .order_by(after_sale_terms.c.merchant_id.desc(), after_sale_terms.c.effective_from.desc())
    .limit(1)
)
_REASONS = (
    sa.select(after_sale_reason)
    .where(after_sale_reason.c.effective_from <= sa.bindparam("now"))
    .distinct(after_sale_reason.c.reason)
    .order_by(after_sale_reason.c.reason, after_sale_reason.c.effective_from.desc())
)


def case_terms_in_force(work: Work, merchant_id: str) -> AfterSaleTerms:
    """The merchant's own, if there are any, else everybody's."""
    row = work.execute(_TERMS, {"merchant_id": merchant_id, "now": work.now}).one()
    names = ("return_days", "auto_approve_hours", "send_back_days", "dispute_days", "return_address")
    return AfterSaleTerms(*(getattr(row, name) for name in names))


def reasons_in_force(work: Work) -> list[sa.Row]:
    """Those that are for any kind of case."""
    return [row for row in work.execute(_REASONS, {"now": work.now}) if row.kinds]


def add_case_terms(work: Work, **row: Any) -> dict[str, Any] | None:
    """None if something else was decided for the same instant."""
    return _add(work, after_sale_terms, row)


def add_case_reason(work: Work, **row: Any) -> dict[str, Any] | None:
    """As ``add_case_terms``."""
    return _add(work, after_sale_reason, row)


def _add(work: Work, table: sa.Table, row: dict[str, Any]) -> dict[str, Any] | None:
    values = {**row, "actor": work.context.actor}
    is_new = work.execute(insert(table).values(values).on_conflict_do_nothing()).rowcount == 1
    return values if is_new else None
