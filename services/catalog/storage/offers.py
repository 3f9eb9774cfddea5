"""SKUs as they are offered, for quoting."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.catalog.contract import PARCEL
from services.catalog.domain.bulk import BulkOffer
from services.catalog.domain.prices import PriceTerm
from services.catalog.domain.quoting import Offer, full_name, highest
from services.catalog.domain.value import market_value
from services.catalog.storage.bulk_offers import bulk_offers_of
from services.catalog.storage.compositions import composed_of, part_of
from services.catalog.storage.goods_queries import IS_CURRENT
from services.catalog.storage.presales import OFFER_COLUMNS, SELLS, presale_offer
from services.catalog.storage.schedule import IS_OPEN
from services.catalog.storage.tables import goods, presale, price, sale_window, sku
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work

_OFFERS = Planned(
    "offers_of",
    sa.select(
        *(sku.c[name] for name in ("sku_id", "variant_zh", "variant_en", "retired_at")),
        *(goods.c[name] for name in ("goods_id", "merchant_id", "kind", "name_zh", "name_en", "least_tier")),
        goods.c.segment,
        sale_window.c.begins_at,
        *(price.c[name].label(f"price_{name}") for name in ("points", "cash_fen", "coins", "least_tier", "segment")),
        price.c.price_id,
        *OFFER_COLUMNS,
    )
    .join(goods, goods.c.goods_id == sku.c.goods_id)
    .outerjoin(sale_window, sa.and_(sale_window.c.goods_id == goods.c.goods_id, IS_OPEN))
    .outerjoin(presale, sa.and_(presale.c.sku_id == sku.c.sku_id, SELLS))
    .outerjoin(price, sa.and_(price.c.sku_id == sku.c.sku_id, IS_CURRENT))
    .where(sku.c.sku_id == sa.any_(sa.bindparam("sku_ids", type_=sa.ARRAY(sa.Text)))),
)


def offers_of(work: Work, sku_ids: Sequence[str]) -> dict[str, Offer]:
    """Every known SKU of ``sku_ids``, on sale or not, with the prices that are valid at the work's instant."""
    offers: dict[str, Offer] = {}
    composed, in_bulk = composed_of(work, sku_ids), bulk_offers_of(work, sku_ids)
    for row in work.execute(_OFFERS, {"sku_ids": list(sku_ids), "now": work.now}):
        offer = offers.setdefault(row.sku_id, _offer(row, composed[row.sku_id], in_bulk.get(row.sku_id)))
        if row.price_id is not None:
            offer.prices.append(_term(row))
    return offers


def _offer(row: sa.Row, elements: Sequence[sa.Row], bulk: BulkOffer | None) -> Offer:
    """Of what is not carried (any more) no large numbers are sold."""
    parts = [part_of(element) for element in elements]
    return Offer(
        sku_id=row.sku_id,
        goods_id=row.goods_id,
        merchant_id=row.merchant_id,
        kind=row.kind,
        name_zh=full_name(row.name_zh, row.variant_zh),
        name_en=full_name(row.name_en, row.variant_en),
        least_tier=highest([row.least_tier, *(element.least_tier for element in elements)]),
        segment=row.segment,
        is_on_sale=row.begins_at is not None and row.retired_at is None,
        market_value_fen=market_value(elements),
        parts=parts,
        prices=[],
        presale=presale_offer(row),
        bulk=bulk if all(part.delivery == PARCEL for part in parts) else None,
    )


def _term(row: sa.Row) -> PriceTerm:
    names = ("points", "cash_fen", "coins", "least_tier", "segment")
    return PriceTerm(row.price_id, row.sku_id, **{name: getattr(row, f"price_{name}") for name in names})
