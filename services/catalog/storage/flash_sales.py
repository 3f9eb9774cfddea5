"""Flash sales: their terms, what is left of them, and what was decided."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from services.catalog.domain.composition import DESCRIPTION, Part, described
from services.catalog.domain.flash_sales import OPEN, FlashSale
from services.catalog.domain.quoting import full_name
from services.catalog.storage.locks import lock_flash_sales
from services.catalog.storage.tables import element, flash_sale, flash_sale_decision, flash_sale_part
from services.chassis.data.work import Work

_DECIDED = ("sale_id", "status", "starts_at", "ends_at", "quota", "version")
_COLUMNS = [flash_sale.c[name] for name in FlashSale.__dataclass_fields__]
_ONE = sa.select(*_COLUMNS).where(flash_sale.c.sale_id == sa.bindparam("sale_id"))
_PARTS = (
    sa.select(flash_sale_part.c.quantity, element.c.element_id, element.c.delivery)
    .add_columns(*(element.c[name] for name in DESCRIPTION))
    .join(element, element.c.element_id == flash_sale_part.c.element_id)
    .where(flash_sale_part.c.sale_id == sa.bindparam("sale_id"))
    .order_by(flash_sale_part.c.element_id)
)
# Whoever takes the last piece is alone with the row: a count that went below zero cannot be written.
_TAKE = sa.text("""
    UPDATE flash_sale SET units_left = units_left - 1
    WHERE sale_id = :sale_id AND status = 'open' AND starts_at <= :now AND ends_at > :now AND units_left > 0
    RETURNING units_left
""")
_TAKE_LATE = sa.text("""
    UPDATE flash_sale SET units_left = units_left - 1
    WHERE sale_id = :sale_id AND status = 'open' AND units_left > 0
""")
_GIVE_BACK = sa.text("UPDATE flash_sale SET units_left = units_left + :pieces WHERE sale_id = :sale_id")
_OVER = sa.text("""
    SELECT sale_id FROM flash_sale WHERE status = 'open' AND ends_at <= :now ORDER BY ends_at, sale_id LIMIT :at_once
""")
_TICKETS = sa.text("""
    SELECT sale_id, count(*) FILTER (WHERE state = 'live') AS live, count(*) FILTER (WHERE state = 'spent') AS sold
    FROM flash_ticket WHERE sale_id = ANY(:sale_ids) GROUP BY sale_id
""")
_OFFERS = sa.text("""
    SELECT f.*, goods_id, name_zh, name_en, variant_zh, variant_en
    FROM flash_sale f JOIN sku USING (sku_id) JOIN goods USING (goods_id)
    WHERE f.status = 'open' AND f.ends_at > :now ORDER BY f.ends_at, f.sale_id LIMIT :most
""")


def add_sale(work: Work, planned: FlashSale, parts: Sequence[Part], reason: str) -> None:
    """Its composition is fixed with it."""
    work.execute(flash_sale.insert(), asdict(planned))
    rows = [{"sale_id": planned.sale_id, "element_id": part.element_id, "quantity": part.quantity} for part in parts]
    work.execute(flash_sale_part.insert(), rows)
    _note(work, planned, reason)


def put_sale(work: Work, planned: FlashSale, reason: str) -> None:
    """The caller has locked it and has raised its version."""
    changed = {name: getattr(planned, name) for name in (*_DECIDED, "units_left")}
    work.execute(sa.update(flash_sale).where(flash_sale.c.sale_id == planned.sale_id).values(changed))
    _note(work, planned, reason)


def _note(work: Work, planned: FlashSale, reason: str) -> None:
    told = {"reason": reason, "actor": work.context.actor, "decided_at": work.now}
    work.execute(flash_sale_decision.insert(), {**{name: getattr(planned, name) for name in _DECIDED}, **told})


def find_sale(work: Work, sale_id: str) -> FlashSale | None:
    row = work.execute(_ONE, {"sale_id": sale_id}).one_or_none()
    return None if row is None else FlashSale(**row._mapping)


def locked_sales(work: Work, sale_ids: Iterable[str]) -> dict[str, FlashSale]:
    """By id, those that there are, which nobody else can change now."""
    return {sale_id: FlashSale(**row._mapping) for sale_id, row in lock_flash_sales(work, sale_ids).items()}


def sales_of_sku(work: Work, sku_id: str) -> list[FlashSale]:
    rows = work.execute(sa.select(*_COLUMNS).where(flash_sale.c.sku_id == sku_id, flash_sale.c.status == OPEN))
    return [FlashSale(**row._mapping) for row in rows]


def parts_of_sale(work: Work, sale_id: str) -> list[Part]:
    """What a piece of it consists of, whatever becomes of the SKU."""
    rows = work.execute(_PARTS, {"sale_id": sale_id})
    return [Part(row.element_id, row.delivery, row.quantity, **described(row)) for row in rows]


def take_one(work: Work, sale_id: str) -> int | None:
    """How many are left then; None if it does not sell, or nothing was left. Locks the sale."""
    return work.execute(_TAKE, {"sale_id": sale_id, "now": work.now}).scalar_one_or_none()


def take_one_late(work: Work, sale_id: str) -> bool:
    """For an order that had one and is confirmed all the same, also after the last hour of the sale."""
    return bool(work.execute(_TAKE_LATE, {"sale_id": sale_id}).rowcount)


def give_back(work: Work, sale_id: str, pieces: int) -> None:
    work.execute(_GIVE_BACK, {"sale_id": sale_id, "pieces": pieces})


def sales_over(work: Work, at_once: int) -> list[str]:
    """Whose time has run out, and that are open still."""
    return list(work.execute(_OVER, {"now": work.now, "at_once": at_once}).scalars())


def show_sales(work: Work, wanted: sa.ColumnElement[bool], limit: int) -> list[dict[str, Any]]:
    """The contract's FlashSales with their decisions, newest first."""
    newest = sa.select(*_COLUMNS).where(wanted).order_by(flash_sale.c.starts_at.desc(), flash_sale.c.sale_id)
    sales = [FlashSale(**row._mapping) for row in work.execute(newest.limit(limit))]
    sale_ids = [sale.sale_id for sale in sales]
    decisions, tickets = _decisions_of(work, sale_ids), _tickets_of(work, sale_ids)
    return [
        {**asdict(sale), "left": sale.units_left, "decisions": decisions[sale.sale_id]}
        | tickets.get(sale.sale_id, {"live": 0, "sold": 0})
        for sale in sales
    ]


def _decisions_of(work: Work, sale_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    statement = sa.select(flash_sale_decision).where(flash_sale_decision.c.sale_id.in_(sale_ids))
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in work.execute(statement.order_by(flash_sale_decision.c.sale_id, flash_sale_decision.c.version)):
        found[row.sale_id].append(dict(row._mapping))
    return found


def _tickets_of(work: Work, sale_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    rows = work.execute(_TICKETS, {"sale_ids": list(sale_ids)})
    return {row.sale_id: {"live": row.live, "sold": row.sold} for row in rows}


def offered_sales(work: Work, most: int) -> list[dict[str, Any]]:
    """The contract's FlashOffers: those that run, and those to come."""
    rows = work.execute(_OFFERS, {"now": work.now, "most": most}).mappings()
    return [
        {
            **row,
            "name_zh": full_name(row["name_zh"], row["variant_zh"]),
            "name_en": full_name(row["name_en"], row["variant_en"]),
            "left": row["units_left"],
        }
        for row in rows
    ]
