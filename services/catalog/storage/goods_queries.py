"""What shoppers read of goods: cards in pages, one goods, its SKUs with their prices and stock."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.catalog.contract import BULK, PARCEL, WAREHOUSE
from services.catalog.domain.cursors import Place
from services.catalog.domain.prices import Member, PriceTerm, offered_to
from services.catalog.domain.quoting import highest, prices_shown
from services.catalog.domain.value import market_value
from services.catalog.storage.bulk_offers import bulk_offers_of, is_in_bulk_zone
from services.catalog.storage.compositions import composed_of
from services.catalog.storage.presales import OFFER_COLUMNS, SELLS, presale_offer
from services.catalog.storage.schedule import IS_OPEN, NOW
from services.catalog.storage.tables import (
    element,
    goods,
    merchant,
    picture,
    place,
    presale,
    price,
    sale_window,
    sku,
    sku_element,
    stock_level,
)
from services.chassis.data.work import Work

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PICTURE_VERSION = 12
IS_CURRENT = sa.and_(
    price.c.effective_from <= NOW, sa.or_(price.c.effective_until.is_(None), price.c.effective_until > NOW)
)

_PRICE = [price.c[name] for name in ("price_id", "points", "cash_fen", "coins", "least_tier", "segment")]

# Whoever looks: the tiers that they have reached, and their segments.
_REACHED = sa.bindparam("tiers", type_=sa.ARRAY(sa.Text))
_SEGMENTS = sa.bindparam("segments", type_=sa.ARRAY(sa.Text))
_HAS_REACHED_IT = price.c.least_tier == sa.any_(_REACHED)
_IS_OFFERED = sa.and_(_HAS_REACHED_IT, sa.or_(price.c.segment.is_(None), price.c.segment == sa.any_(_SEGMENTS)))
_LEAST_BARRED = sa.case((_IS_OFFERED, 0), (_HAS_REACHED_IT, 1), (price.c.segment.is_(None), 2), else_=3)

# The price a card shows: of those for whoever looks, if there are any, the one with the least cash, then least coins,
# then fewest points.
_BEST = (
    sa.select(*_PRICE)
    .join(sku, sku.c.sku_id == price.c.sku_id)
    .where(sku.c.goods_id == goods.c.goods_id, sku.c.retired_at.is_(None), IS_CURRENT)
    .order_by(_LEAST_BARRED)
    .order_by(price.c.cash_fen, price.c.coins, price.c.points, price.c.price_id)
    .limit(1)
    .lateral("best")
)
_WITHOUT_POINTS = 2**62  # what cash alone buys comes last, whether points are sorted up or down
_SORT_KEYS: dict[str, sa.ColumnElement] = {
    "newest": sale_window.c.begins_at,
    "points_low": sa.case((_BEST.c.points == 0, sa.literal(_WITHOUT_POINTS, sa.BigInteger)), else_=_BEST.c.points),
    "points_high": -_BEST.c.points,
}
_CARD = (
    sa.select(
        *(goods.c[name] for name in ("goods_id", "category", "kind", "name_zh", "name_en", "least_tier")),
        *(goods.c[name] for name in ("segment", "description_zh", "description_en")),
        merchant.c.merchant_id,
        merchant.c.name_zh.label("merchant_zh"),
        merchant.c.name_en.label("merchant_en"),
        *(_BEST.c[column.name].label(f"from_{column.name}") for column in _PRICE),
        picture.c.etag,
    )
    .join(merchant, merchant.c.merchant_id == goods.c.merchant_id)
    .join(picture, picture.c.goods_id == goods.c.goods_id)
    .join(_BEST, sa.true())
    .join(sale_window, sa.and_(sale_window.c.goods_id == goods.c.goods_id, IS_OPEN))
)
# What is carried is sent from open warehouses; everything else lies nowhere.
IS_SENT = sa.or_(element.c.delivery != PARCEL, sa.and_(place.c.kind == WAREHOUSE, place.c.state == "open"))
_FREE = (
    sa.select(sa.func.coalesce(sa.func.sum(stock_level.c.on_hand - stock_level.c.reserved), 0))
    .join(place, place.c.place_id == stock_level.c.place_id)
    .join(element, element.c.element_id == stock_level.c.element_id)
    .where(stock_level.c.element_id == sku_element.c.element_id, IS_SENT)
    .scalar_subquery()
)
# Pieces: of each element there must be enough for all of them.
_IN_STOCK = (
    sa.select(sa.func.coalesce(sa.func.min(sa.func.div(_FREE, sku_element.c.quantity)), 0))
    .where(sku_element.c.sku_id == sku.c.sku_id)
    .scalar_subquery()
)
_SKUS = (
    sa.select(sku.c.sku_id, sku.c.variant_zh, sku.c.variant_en, *_PRICE)
    .add_columns(_IN_STOCK.label("in_stock"), goods.c.least_tier.label("goods_tier"), *OFFER_COLUMNS)
    .outerjoin(presale, sa.and_(presale.c.sku_id == sku.c.sku_id, SELLS))
    .join(price, price.c.sku_id == sku.c.sku_id)
    .join(goods, goods.c.goods_id == sku.c.goods_id)
    .where(sku.c.goods_id == sa.bindparam("goods_id"), sku.c.retired_at.is_(None), IS_CURRENT)
    .order_by(sku.c.position, sku.c.sku_id)
)


_STOCK = sa.select(sku.c.sku_id, _IN_STOCK.label("in_stock")).where(
    sku.c.sku_id == sa.any_(sa.bindparam("sku_ids", type_=sa.ARRAY(sa.Text)))
)


def list_cards(
    work: Work, request: Mapping[str, Any], member: Member, terms: Sequence[str], after: Place | None
) -> list[tuple[Place, dict[str, Any]]]:
    """Up to limit + 1 cards on sale, with their places; ``terms`` are LIKE patterns that all must match."""
    key, by_newest = _SORT_KEYS[request["sort"]], request["sort"] == "newest"
    statement = _CARD.add_columns(key.label("sort_key")).where(
        *_filters(request), *(goods.c.search_text.like(term) for term in terms)
    )
    if after:
        place = sa.tuple_(sa.literal(_key_value(after, by_newest)), sa.literal(after.goods_id))
        here = sa.tuple_(key, goods.c.goods_id)
        statement = statement.where(here < place if by_newest else here > place)
    order = (key.desc(), goods.c.goods_id.desc()) if by_newest else (key, goods.c.goods_id)
    rows = work.execute(statement.order_by(*order).limit(request["limit"] + 1), _looking(work, member))
    return [(Place(_as_number(row.sort_key), row.goods_id), _as_card(row)) for row in rows]


def find_card(work: Work, goods_id: str, member: Member) -> dict[str, Any] | None:
    row = work.execute(_CARD.where(goods.c.goods_id == goods_id), _looking(work, member)).one_or_none()
    return _as_card(row) if row else None


def _looking(work: Work, member: Member) -> dict[str, Any]:
    """Who looks, and when."""
    return {"now": work.now, "tiers": [*member.tiers], "segments": sorted(member.segments)}


def skus_on_sale(work: Work, goods_id: str, member: Member) -> list[dict[str, Any]]:
    """The contract's SKUs, in the merchant's order, with the prices that ``member`` is offered."""
    rows = work.execute(_SKUS, {"goods_id": goods_id, "now": work.now}).all()
    composed = composed_of(work, {row.sku_id for row in rows})
    in_bulk = bulk_offers_of(work, sorted(composed))
    by_sku: dict[str, list[sa.Row]] = defaultdict(list)
    for row in rows:
        by_sku[row.sku_id].append(row)
    return [
        {**_sku(of[0], composed[sku_id]), **_prices(of, composed[sku_id], member), "bulk": in_bulk.get(sku_id)}
        for sku_id, of in by_sku.items()
    ]


def pieces_in_stock(work: Work, sku_ids: Sequence[str]) -> dict[str, int]:
    """By SKU that there is, how many pieces could be sent now."""
    return {row.sku_id: int(row.in_stock) for row in work.execute(_STOCK, {"sku_ids": list(sku_ids)})}


def _filters(request: Mapping[str, Any]) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if path := request["category"]:
        below = goods.c.category.startswith(f"{path}/", autoescape=True)
        found.append(sa.or_(goods.c.category == path, below))
    if request["merchant_id"]:
        found.append(goods.c.merchant_id == request["merchant_id"])
    if request["zone"] == BULK:
        found.append(is_in_bulk_zone(goods.c.goods_id, _SEGMENTS))
    return found


def _key_value(place: Place, by_newest: bool) -> int | datetime:
    return EPOCH + timedelta(microseconds=place.key) if by_newest else place.key


def _as_number(key: int | datetime) -> int:
    return (key - EPOCH) // timedelta(microseconds=1) if isinstance(key, datetime) else key


def _sku(row: sa.Row, elements: Sequence[sa.Row]) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("sku_id", "variant_zh", "variant_en")},
        "in_stock": int(row.in_stock),
        "presale": presale_offer(row),
        "parts": [element._mapping for element in elements],
        "least_tier": highest([row.goods_tier, *(element.least_tier for element in elements)]),
    }


def _prices(rows: Sequence[sa.Row], elements: Sequence[sa.Row], member: Member) -> dict[str, Any]:
    terms = [PriceTerm(sku_id=row.sku_id, **_price(row)) for row in rows]
    return prices_shown(offered_to(member, terms), market_value(elements))


def _price(row: sa.Row, prefix: str = "") -> dict[str, Any]:
    return {column.name: getattr(row, prefix + column.name) for column in _PRICE}


def _as_card(row: sa.Row) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("goods_id", "category", "kind", "name_zh", "name_en", "least_tier")},
        "segment": row.segment,
        "description_zh": row.description_zh,
        "description_en": row.description_en,
        "merchant": {"merchant_id": row.merchant_id, "name_zh": row.merchant_zh, "name_en": row.merchant_en},
        "from_price": _price(row, "from_"),
        "picture": f"/v1/goods/{row.goods_id}/picture?v={row.etag[:PICTURE_VERSION]}",
    }
