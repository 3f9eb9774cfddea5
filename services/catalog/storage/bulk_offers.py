"""Rows of the bulk zone: of a SKU the newest counts whose time has come."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.catalog.domain.bulk import BulkOffer, BulkStep
from services.catalog.storage.tables import bulk_offer, sku
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work

MOST_LISTED = 10_000
_IN_FORCE = Planned(
    "bulk_offers_of",
    sa.select(bulk_offer)
    .where(
        bulk_offer.c.sku_id == sa.any_(sa.bindparam("sku_ids", type_=sa.ARRAY(sa.Text))),
        bulk_offer.c.effective_from <= sa.bindparam("now"),
    )
    .distinct(bulk_offer.c.sku_id)
    .order_by(bulk_offer.c.sku_id, bulk_offer.c.effective_from.desc()),
)


def bulk_offers_of(work: Work, sku_ids: Sequence[str]) -> dict[str, BulkOffer]:
    """By SKU, those that are in the bulk zone now."""
    rows = work.execute(_IN_FORCE, {"sku_ids": list(sku_ids), "now": work.now})
    return {row.sku_id: _offer(row) for row in rows if row.is_offered}


def is_in_bulk_zone(goods_id: sa.ColumnElement[str], segments: sa.BindParameter) -> sa.ColumnElement[bool]:
    """Whether one of its SKUs is sold in bulk, at the instant ``now``, to members of some of ``segments``."""
    of_goods = sa.and_(sku.c.sku_id == bulk_offer.c.sku_id, sku.c.goods_id == goods_id, sku.c.retired_at.is_(None))
    latest = (
        sa.select(bulk_offer.c.is_offered, bulk_offer.c.segment)
        .join(sku, of_goods)
        .where(bulk_offer.c.effective_from <= sa.bindparam("now"))
        .distinct(bulk_offer.c.sku_id)
        .order_by(bulk_offer.c.sku_id, bulk_offer.c.effective_from.desc())
        .correlate_except(bulk_offer, sku)
        .subquery()
    )
    is_open = sa.or_(latest.c.segment.is_(None), latest.c.segment == sa.any_(segments))
    return sa.exists().where(latest.c.is_offered, is_open)


def is_decided(work: Work, sku_id: str, effective_from: datetime) -> bool:
    same = (bulk_offer.c.sku_id == sku_id, bulk_offer.c.effective_from == effective_from)
    return bool(work.execute(sa.select(sa.exists().where(*same))).scalar_one())


def add_bulk_offer(work: Work, row: Mapping[str, Any]) -> None:
    work.execute(bulk_offer.insert(), dict(row))


def decided_bulk_offers(work: Work, sku_id: str | None) -> Sequence[sa.RowMapping]:
    wanted = sa.select(bulk_offer).order_by(bulk_offer.c.sku_id, bulk_offer.c.effective_from.desc()).limit(MOST_LISTED)
    if sku_id is not None:
        wanted = wanted.where(bulk_offer.c.sku_id == sku_id)
    return work.execute(wanted).mappings().all()


def _offer(row: sa.Row) -> BulkOffer:
    return BulkOffer(row.least, row.most, row.segment, tuple(BulkStep(**step) for step in row.steps))
