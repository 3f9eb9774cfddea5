"""Upserts of an import. Rows go in sorted by id, so that two imports at once wait instead of deadlocking."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.catalog.domain.prices import Audience, PriceChanges, PriceTerm
from services.catalog.storage.tables import category, element, form, goods, merchant, picture, price, sku
from services.chassis.data.work import Work

UNCHANGEABLE = ("kind", "goods_id", "delivery", "codes_of")  # stock, codes and old orders hang on them


def save_merchants(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    _upsert(work, merchant, "merchant_id", rows)


def save_categories(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    _upsert(work, category, "path", rows)


def save_goods(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """Afterwards nobody else changes them until the transaction ends."""
    _upsert(work, goods, "goods_id", rows)


def save_skus(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    _upsert(work, sku, "sku_id", rows)


def save_forms(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """Those that do not say whether they are for the counter keep what they are."""
    _upsert(work, form, "form", [row for row in rows if "is_for_counter" not in row])
    _upsert(work, form, "form", [row for row in rows if "is_for_counter" in row])


def save_elements(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    _upsert(work, element, "element_id", rows)


def save_pictures(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    _upsert(work, picture, "goods_id", rows)


def retire_other_skus(work: Work, goods_ids: Iterable[str], kept_sku_ids: Iterable[str]) -> None:
    """Take SKUs of these goods that an import no longer names off sale."""
    others = (sku.c.goods_id.in_(list(goods_ids)), sku.c.sku_id.not_in(list(kept_sku_ids)))
    work.execute(sa.update(sku).where(*others, sku.c.retired_at.is_(None)).values(retired_at=work.now))


def open_prices(work: Work, goods_ids: Iterable[str]) -> dict[tuple[str, Audience], PriceTerm]:
    """The open terms of all SKUs of these goods, by their keys."""
    statement = (
        sa.select(*(price.c[name] for name in PriceTerm.__dataclass_fields__))
        .join(sku, sku.c.sku_id == price.c.sku_id)
        .where(sku.c.goods_id.in_(list(goods_ids)), price.c.effective_until.is_(None))
    )
    terms = [PriceTerm(**row) for row in work.execute(statement).mappings()]
    return {term.key: term for term in terms}


def write_prices(work: Work, changes: PriceChanges) -> None:
    """History is kept: a changed price ends its open term and begins another."""
    if changes.closed:
        key = sa.tuple_(price.c.price_id, price.c.least_tier, sa.func.coalesce(price.c.segment, ""))
        closed = [(term.price_id, term.least_tier, term.segment or "") for term in changes.closed]
        is_open = (key.in_(closed), price.c.effective_until.is_(None))
        ends = sa.func.greatest(price.c.effective_from, work.now)
        work.execute(sa.update(price).where(*is_open).values(effective_until=ends))
    if changes.opened:
        begun = {"effective_from": work.now, "actor": work.context.actor}
        work.execute(price.insert(), [{**vars(term), **begun} for term in changes.opened])


def _upsert(work: Work, table: sa.Table, key: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    statement = insert(table)
    updates = {name: statement.excluded[name] for name in rows[0] if name != key and name not in UNCHANGEABLE}
    upsert = statement.on_conflict_do_update(index_elements=[key], set_=updates)
    work.execute(upsert, sorted(map(dict, rows), key=lambda row: row[key]))
