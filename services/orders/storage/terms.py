"""The terms of sale in force."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.domain.terms import SaleTerms
from services.orders.storage.tables import sale_terms

_IN_FORCE = (
    sa.select(sale_terms)
    .where(sale_terms.c.effective_from <= sa.bindparam("now"))
    .order_by(sale_terms.c.effective_from.desc())
    .limit(1)
)


def terms_in_force(work: Work) -> SaleTerms:
    row = work.execute(_IN_FORCE, {"now": work.now}).one()
    return SaleTerms(row.pay_window_s, row.hold_grace_s, row.covered_hold_s, row.auto_complete_days, row.fetch_days)
