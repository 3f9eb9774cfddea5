"""Operators decide what is sold in a flash. Every decision stays on record."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from services.catalog.contract import FLASH_UNKNOWN, GOODS_UNKNOWN, OPEN_FLASH_SALE
from services.catalog.domain.flash_sales import CANCELLED, OPEN, FlashSale, check_not_over, check_plan
from services.catalog.storage.compositions import compositions_of
from services.catalog.storage.flash_sales import add_sale, find_sale, locked_sales, put_sale, sales_of_sku, show_sales
from services.catalog.storage.flash_tickets import expire_tickets
from services.catalog.storage.limits import goods_of
from services.catalog.storage.locks import lock_goods, lock_live_tickets
from services.catalog.storage.tables import flash_sale
from services.catalog.usecases.set_aside import let_go, set_aside
from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused

Request = dict[str, Any]


def open_flash_sale(work: Work, request: Request) -> dict[str, Any]:
    """All pieces of it are set aside at once, long before it starts: nobody else can buy them."""
    sku_id = request["sku_id"]
    goods_id = goods_of(work, [sku_id]).get(sku_id)
    if goods_id is None:
        raise Refused(GOODS_UNKNOWN, "no such SKU", sku_ids=[sku_id])
    lock_goods(work, goods_id)  # of two that would overlap one is first
    planned = _planned(request, request["starts_at"] or work.now)
    check_plan(planned, sales_of_sku(work, sku_id), work.now)
    add_sale(work, planned, compositions_of(work, [sku_id])[sku_id], request["reason"])
    set_aside(work, planned.sale_id, sku_id, planned.quota)
    return get_flash_sale(work, {"sale_id": planned.sale_id})


def change_flash_sale(work: Work, request: Request) -> dict[str, Any]:
    """Tickets keep their price and their time, and come out of the same quota."""
    before = _locked(work, request["sale_id"])
    planned = before.with_quota(request["quota"] or before.quota)
    planned = replace(planned, ends_at=request["ends_at"] or before.ends_at, version=before.version + 1)
    check_plan(planned, sales_of_sku(work, before.sku_id), work.now)
    put_sale(work, planned, request["reason"])
    set_aside(work, before.sale_id, before.sku_id, planned.quota - before.quota)
    let_go(work, before.sale_id, before.sku_id, before.quota - planned.quota)
    return get_flash_sale(work, {"sale_id": before.sale_id})


def cancel_flash_sale(work: Work, request: Request) -> dict[str, Any]:
    """Tickets that no order has used are worth nothing from now on; what orders have of it they keep."""
    before = _locked(work, request["sale_id"])
    unused = expire_tickets(work, lock_live_tickets(work, before.sale_id, None, before.quota))
    left = before.units_left + unused
    planned = replace(before, status=CANCELLED, units_left=left, version=before.version + 1)
    put_sale(work, planned, request["reason"])
    let_go(work, before.sale_id, before.sku_id, left)
    return get_flash_sale(work, {"sale_id": before.sale_id})


def list_flash_sales(work: Work, request: Request) -> dict[str, Any]:
    wanted = flash_sale.c.sku_id == request["sku_id"] if request["sku_id"] else sa.true()
    return {"sales": show_sales(work, wanted, request["limit"])}


def get_flash_sale(work: Work, request: Request) -> dict[str, Any]:
    found = show_sales(work, flash_sale.c.sale_id == request["sale_id"], 1)
    if not found:
        raise _unknown(request["sale_id"])
    return found[0]


def _planned(request: Request, starts_at: Any) -> FlashSale:
    sale_id = derived_id("fls", OPEN_FLASH_SALE.address, request["request_id"])
    same = ("sku_id", "points", "cash_fen", "coins", "ends_at", "quota", "per_member", "ticket_s")
    return FlashSale(
        sale_id=sale_id,
        price_id=derived_id("prc", sale_id),
        status=OPEN,
        starts_at=starts_at,
        units_left=request["quota"],
        **{name: request[name] for name in same},
    )


def _locked(work: Work, sale_id: str) -> FlashSale:
    """With its goods, which whoever opens another one locks first."""
    known = find_sale(work, sale_id)
    if known is None:
        raise _unknown(sale_id)
    lock_goods(work, goods_of(work, [known.sku_id])[known.sku_id])
    found = locked_sales(work, [sale_id])[sale_id]
    check_not_over(found)
    return found


def _unknown(sale_id: str) -> Refused:
    return Refused(FLASH_UNKNOWN, "there is no such sale", sale_id=sale_id)
