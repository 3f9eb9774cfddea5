"""What points may be worth in prices, and which prices are excused."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.catalog.domain.prices import PriceTerm
from services.catalog.domain.value import Band
from services.catalog.storage.goods_queries import IS_CURRENT
from services.catalog.storage.tables import price, sku, value_band, value_exception
from services.chassis.data.work import Work

_NOW: sa.BindParameter = sa.bindparam("now", type_=sa.TIMESTAMP(timezone=True))
_BAND = (
    sa.select(value_band.c.least, value_band.c.most)
    .where(value_band.c.effective_from <= _NOW)
    .order_by(value_band.c.effective_from.desc())
    .limit(1)
)

_PRICES = (
    sa.select(*(price.c[name] for name in PriceTerm.__dataclass_fields__))
    .join(sku, sku.c.sku_id == price.c.sku_id)
    .where(sku.c.retired_at.is_(None), IS_CURRENT)
    .order_by(price.c.sku_id, price.c.price_id, price.c.id)
)


def band_in_force(work: Work) -> Band:
    row = work.execute(_BAND, {"now": work.now}).one()
    return Band(row.least, row.most)


def prices_in_force(work: Work) -> list[PriceTerm]:
    """Of all SKUs that are not retired, on sale or not."""
    return [PriceTerm(**row) for row in work.execute(_PRICES, {"now": work.now}).mappings()]


def put_band(work: Work, row: Mapping[str, Any]) -> bool:
    """False if there is a band from that instant on already."""
    return bool(work.execute(insert(value_band).on_conflict_do_nothing(), dict(row)).rowcount)


def values_accepted(work: Work, price_ids: Iterable[str]) -> dict[tuple[str, str, str], int]:
    """The value that a reviewer accepted, by price, tier and segment ("": none)."""
    statement = sa.select(value_exception).where(value_exception.c.price_id.in_(list(price_ids)))
    rows = work.execute(statement)
    return {(row.price_id, row.least_tier, row.segment): row.value for row in rows}


def accept_values(work: Work, listing_id: str, explanation: str, prices: Sequence[Mapping[str, Any]]) -> None:
    """``prices`` as domain.value finds them outside of the band."""
    because = {"listing_id": listing_id, "explanation": explanation}
    approved = {**because, "approved_by": work.context.actor, "approved_at": work.now}
    new = insert(value_exception)
    changed = {name: new.excluded[name] for name in ("value", *approved)}
    upsert = new.on_conflict_do_update(index_elements=["price_id", "least_tier", "segment"], set_=changed)
    for one in prices:
        key = {"price_id": one["price_id"], "least_tier": one["least_tier"], "segment": one["segment"] or ""}
        work.execute(upsert, {**key, "value": one["value_per_1000_points_fen"], **approved})
