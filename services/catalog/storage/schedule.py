"""Windows of time in which goods are on sale."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from services.catalog.domain.schedule import Plan, Window
from services.catalog.storage.tables import sale_window
from services.chassis.data.work import Work

NOW: sa.BindParameter[datetime] = sa.bindparam("now", type_=sa.TIMESTAMP(timezone=True))
# True of one window of goods at most.
IS_OPEN = sa.and_(sale_window.c.begins_at <= NOW, sa.or_(sale_window.c.ends_at.is_(None), sale_window.c.ends_at > NOW))


def windows_of(work: Work, goods_ids: Iterable[str]) -> dict[str, list[Window]]:
    """By goods, in order; the caller has locked the goods if it is going to change them."""
    columns = (sale_window.c[name] for name in ("goods_id", "begins_at", "ends_at", "id"))
    statement = sa.select(*columns).where(sale_window.c.goods_id.in_(list(goods_ids)))
    found: dict[str, list[Window]] = defaultdict(list)
    for row in work.execute(statement.order_by(sale_window.c.begins_at, sale_window.c.id)):
        found[row.goods_id].append(Window(row.begins_at, row.ends_at, row.id))
    return found


def list_windows(work: Work, goods_id: str) -> list[sa.RowMapping]:
    """The contract's SaleWindows."""
    statement = sa.select(sale_window).where(sale_window.c.goods_id == goods_id)
    return list(work.execute(statement.order_by(sale_window.c.begins_at, sale_window.c.id)).mappings())


def carry_out(work: Work, goods_id: str, plan: Plan, because: str) -> None:
    ended = {"ended_by": work.context.actor, "ended_because": because}
    for window_id, ends_at in sorted(plan.cut.items()):
        work.execute(sa.update(sale_window).where(sale_window.c.id == window_id).values(ends_at=ends_at, **ended))
    opened = {"goods_id": goods_id, "opened_by": work.context.actor, "opened_because": because}
    rows = [{"begins_at": window.begins_at, "ends_at": window.ends_at, **opened} for window in plan.opened]
    if rows:
        work.execute(sale_window.insert(), rows)
