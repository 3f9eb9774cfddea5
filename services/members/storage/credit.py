"""How members traded, and the policy on credit; rows are only ever added."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.members.domain.credit import CreditPolicy, TradeFact
from services.members.storage.tables import credit_policy, trade_fact


def add_trade_fact(work: Work, row: dict[str, Any]) -> bool:
    """False if it was known."""
    new = insert(trade_fact).values(recorded_at=work.now, **row).on_conflict_do_nothing()
    return work.execute(new).rowcount == 1


def trade_facts_of(work: Work, member_id: str, since: datetime) -> list[TradeFact]:
    of_member = sa.select(trade_fact.c.order_id, trade_fact.c.verdict).where(
        trade_fact.c.member_id == member_id, trade_fact.c.occurred_at >= since
    )
    return [TradeFact(row.order_id, row.verdict) for row in work.execute(of_member)]


def policy_in_force(work: Work) -> CreditPolicy:
    newest = sa.select(credit_policy).where(credit_policy.c.effective_from <= work.now)
    row = work.execute(newest.order_by(credit_policy.c.effective_from.desc()).limit(1)).one()
    return CreditPolicy(
        frozenset(row.vip_tiers),
        row.good_trades_needed,
        row.bad_per_mille,
        row.window_days,
        row.most_open_orders,
        row.most_open_fen,
    )


def policy_rows(work: Work) -> list[dict[str, Any]]:
    """Oldest first."""
    rows = work.execute(sa.select(credit_policy).order_by(credit_policy.c.effective_from))
    return [dict(row._mapping) for row in rows]


def add_policy(work: Work, row: dict[str, Any]) -> bool:
    """False if that instant has a policy already."""
    return work.execute(insert(credit_policy).values(row).on_conflict_do_nothing()).rowcount == 1
