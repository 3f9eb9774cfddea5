"""Every query that locks rows.

Order of locks: tries of a counter, listing, goods, reservation or document, counters of limits sorted by limit and
period, pre-sales sorted by id, flash sales sorted by id, their tickets sorted by id, stock levels sorted by element and
place, codes sorted by number.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from services.catalog.domain.parcels import Level
from services.catalog.storage.tables import (
    code,
    flash_sale,
    goods,
    listing,
    place,
    presale,
    reservation,
    sku_element,
    stock_level,
)
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work

# Pieces of pre-sales that wait for their units, in units of the element.
_OWED = (
    sa.select(sa.func.coalesce(sa.func.sum((presale.c.taken - presale.c.allotted) * sku_element.c.quantity), 0))
    .join(sku_element, sku_element.c.sku_id == presale.c.sku_id)
    .where(sku_element.c.element_id == stock_level.c.element_id, presale.c.taken > presale.c.allotted)
    .scalar_subquery()
)
_LEVELS = Planned(
    "lock_levels",
    sa.select(
        stock_level.c.element_id,
        stock_level.c.place_id,
        (stock_level.c.on_hand - stock_level.c.reserved).label("free"),
        place.c.priority,
        _OWED.label("owed"),
    )
    .join(place, place.c.place_id == stock_level.c.place_id)
    .where(stock_level.c.element_id == sa.any_(sa.bindparam("element_ids", type_=sa.ARRAY(sa.Text))))
    .order_by(stock_level.c.element_id, stock_level.c.place_id)
    .with_for_update(of=stock_level),
)
_LISTING = sa.select(listing.c.state).where(listing.c.listing_id == sa.bindparam("listing_id")).with_for_update()
_GOODS = sa.select(goods.c.goods_id).where(goods.c.goods_id == sa.bindparam("goods_id")).with_for_update()
_RESERVATION = Planned(
    "lock_reservation",
    sa.select(reservation.c.status).where(reservation.c.order_id == sa.bindparam("order_id")).with_for_update(),
)

_PRESALES = (
    sa.select(presale)
    .where(presale.c.presale_id == sa.any_(sa.bindparam("presale_ids", type_=sa.ARRAY(sa.Text))))
    .order_by(presale.c.presale_id)
    .with_for_update()
)
_FLASH_SALES = (
    sa.select(flash_sale)
    .where(flash_sale.c.sale_id == sa.any_(sa.bindparam("sale_ids", type_=sa.ARRAY(sa.Text))))
    .order_by(flash_sale.c.sale_id)
    .with_for_update()
)
_LIVE_TICKETS = sa.text("""
    SELECT ticket_id FROM flash_ticket
    WHERE sale_id = :sale_id AND state = 'live' AND expires_at <= coalesce(CAST(:until AS timestamptz), 'infinity')
    ORDER BY ticket_id LIMIT :most FOR UPDATE
""")
_COUNT = sa.text("SELECT true FROM stock_count WHERE count_id = :count_id FOR UPDATE")
_WRITE_OFF = sa.text("SELECT true FROM write_off WHERE write_off_id = :write_off_id FOR UPDATE")
_REPLENISHMENT = sa.text("SELECT true FROM replenishment WHERE replenishment_id = :replenishment_id FOR UPDATE")
_OPEN_REPLENISHMENT = sa.text("""
    SELECT replenishment_id FROM replenishment
    WHERE element_id = :element_id AND place_id = :place_id AND status = 'open' FOR UPDATE
""")
_CONSIGNMENT = sa.text("SELECT true FROM consignment WHERE consignment_id = :consignment_id FOR UPDATE")
# The statement that takes of limits inserts or updates these rows in the same order.
_LIMIT_USES = sa.text("""
    SELECT limit_id FROM limit_use JOIN reservation_limit USING (limit_id, member_id, period_start)
    WHERE order_id = :order_id ORDER BY limit_id, period_start FOR UPDATE OF limit_use
""")


# What was done with a code is asked for after it is locked: before, somebody else may still be doing it.
_ISSUED_CODES = """
    SELECT c.id, c.code, c.order_id, c.sku_id, c.element_id, c.valid_until, e.form, e.name_zh, e.name_en,
           f.is_for_counter, g.merchant_id, m.name_zh AS merchant_zh, m.name_en AS merchant_en, r.member_id
    FROM code c JOIN element e USING (element_id) JOIN form f ON f.form = e.form JOIN sku s ON s.sku_id = c.sku_id
        JOIN goods g USING (goods_id) JOIN merchant m USING (merchant_id) JOIN reservation r ON r.order_id = c.order_id
    WHERE {which} ORDER BY c.id FOR UPDATE OF c
"""
_CODE_OF_MERCHANT = sa.text(
    _ISSUED_CODES.format(which="c.code = :code AND f.is_for_counter AND g.merchant_id = :merchant_id")
)
_CODES_OF_ORDER = sa.text(_ISSUED_CODES.format(which="c.order_id = :order_id AND c.code = ANY(:codes)"))


def lock_code_of_merchant(work: Work, merchant_id: str, code: str) -> sa.Row | None:
    """An issued code for goods of the merchant that is verified at a counter; None for every other one."""
    return work.execute(_CODE_OF_MERCHANT, {"merchant_id": merchant_id, "code": code}).one_or_none()


def lock_codes_of_order(work: Work, order_id: str, codes: Iterable[str]) -> list[sa.Row]:
    """Those of ``codes`` that were issued to the order."""
    return list(work.execute(_CODES_OF_ORDER, {"order_id": order_id, "codes": sorted(set(codes))}).all())


def lock_levels(work: Work, element_ids: Iterable[str]) -> list[Level]:
    """The levels of these elements, locked until the transaction ends; by element, then in the order of use."""
    rows = work.execute(_LEVELS, {"element_ids": sorted(set(element_ids))}).all()
    by_priority = sorted(rows, key=lambda row: (row.element_id, row.priority))
    return [Level(row.element_id, row.place_id, row.free, int(row.owed)) for row in by_priority]


def lock_goods(work: Work, goods_id: str) -> bool:
    """False if there are none."""
    return bool(work.execute(_GOODS, {"goods_id": goods_id}).all())


def lock_listing(work: Work, listing_id: str) -> None:
    work.execute(_LISTING, {"listing_id": listing_id})


def lock_reservation(work: Work, order_id: str) -> str | None:
    """The status of the order's reservation, which nobody else can change now; None if there is none."""
    return work.execute(_RESERVATION, {"order_id": order_id}).scalar_one_or_none()


def lock_presales(work: Work, presale_ids: Iterable[str]) -> dict[str, sa.Row]:
    """By id, those that there are."""
    rows = work.execute(_PRESALES, {"presale_ids": sorted(set(presale_ids))})
    return {row.presale_id: row for row in rows}


def lock_flash_sales(work: Work, sale_ids: Iterable[str]) -> dict[str, sa.Row]:
    """By id, those that there are."""
    rows = work.execute(_FLASH_SALES, {"sale_ids": sorted(set(sale_ids))})
    return {row.sale_id: row for row in rows}


def lock_live_tickets(work: Work, sale_id: str, until: datetime | None, most: int) -> list[str]:
    """Live tickets of the sale whose time is over by then (None: all); none that an order has just used."""
    return list(work.execute(_LIVE_TICKETS, {"sale_id": sale_id, "until": until, "most": most}).scalars())


def lock_consignment(work: Work, consignment_id: str) -> bool:
    """False if there is none."""
    return work.execute(_CONSIGNMENT, {"consignment_id": consignment_id}).scalar_one_or_none() is not None


def lock_count(work: Work, count_id: str) -> bool:
    """False if there is none."""
    return work.execute(_COUNT, {"count_id": count_id}).scalar_one_or_none() is not None


def lock_write_off(work: Work, write_off_id: str) -> bool:
    """False if there is none."""
    return work.execute(_WRITE_OFF, {"write_off_id": write_off_id}).scalar_one_or_none() is not None


def lock_replenishment(work: Work, replenishment_id: str) -> bool:
    """False if there is none."""
    return work.execute(_REPLENISHMENT, {"replenishment_id": replenishment_id}).scalar_one_or_none() is not None


def lock_open_replenishment(work: Work, element_id: str, place_id: str) -> str | None:
    """Its id, if one is open."""
    of = {"element_id": element_id, "place_id": place_id}
    return work.execute(_OPEN_REPLENISHMENT, of).scalar_one_or_none()


def lock_limit_uses(work: Work, order_id: str) -> bool:
    """The counters that the order moved; False if there are none."""
    return bool(work.execute(_LIMIT_USES, {"order_id": order_id}).all())


def free_codes_nobody_else_takes(element_id: str, how_many: int, today: date) -> sa.Select[tuple[int]]:
    """Code ids, those that expire first, then the oldest; what has expired, and rows that another transaction is
    issuing, are passed over. Chosen once for the statement: a bare subquery may be run for every row."""
    is_good = sa.or_(code.c.expires_on.is_(None), code.c.expires_on >= today)
    taken = (
        sa.select(code.c.id)
        .where(code.c.element_id == element_id, code.c.state == "free", is_good)
        .order_by(code.c.expires_on, code.c.id)
        .limit(how_many)
        .with_for_update(skip_locked=True)
        .cte("taken")
    )
    return sa.select(taken.c.id)


def lock_free_codes(
    work: Work, element_id: str, numbers: Sequence[str] | None = None, expired_on: date | None = None
) -> list[int]:
    """Ids of free codes of the element, whose levels the caller has locked, so that nobody issues any meanwhile: those
    named, those that have expired, or all; what expires first comes first."""
    wanted = sa.select(code.c.id).where(code.c.element_id == element_id, code.c.state == "free")
    if numbers is not None:
        wanted = wanted.where(code.c.code == sa.any_(sa.literal(list(numbers), sa.ARRAY(sa.Text))))
    if expired_on is not None:
        wanted = wanted.where(code.c.expires_on < expired_on)
    return list(work.execute(wanted.order_by(code.c.expires_on, code.c.id).with_for_update()).scalars())
