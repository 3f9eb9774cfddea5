"""Operators decide what is sold before it is there. Every decision stays on record."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from services.catalog.contract import GOODS_UNKNOWN, OPEN_PRESALE, PRESALE_UNKNOWN
from services.catalog.domain.presales import CANCELLED, OPEN, Presale, check_carried, check_not_over, check_plan
from services.catalog.storage.compositions import compositions_of
from services.catalog.storage.limits import goods_of
from services.catalog.storage.locks import lock_goods
from services.catalog.storage.presales import (
    add_presale,
    locked_presales,
    presales_of_sku,
    put_terms,
    show_presales,
    sku_of,
)
from services.catalog.storage.tables import presale
from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused

Request = dict[str, Any]


def open_presale(work: Work, request: Request) -> dict[str, Any]:
    sku_id = request["sku_id"]
    goods_id = goods_of(work, [sku_id]).get(sku_id)
    if goods_id is None:
        raise Refused(GOODS_UNKNOWN, "no such SKU", sku_ids=[sku_id])
    lock_goods(work, goods_id)  # of two that would overlap one is first
    check_carried(sku_id, compositions_of(work, [sku_id])[sku_id])
    planned = Presale(
        derived_id("psl", OPEN_PRESALE.address, request["request_id"]),
        sku_id,
        OPEN,
        request["begins_at"] or work.now,
        request["ends_at"],
        request["ships_from"],
        request["quota"],
    )
    check_plan(planned, presales_of_sku(work, sku_id), work.now)
    add_presale(work, planned, request["reason"])
    return _shown(work, planned.presale_id)


def change_presale(work: Work, request: Request) -> dict[str, Any]:
    """Orders keep the day that was promised to them, and come out of the same quota."""
    before = _locked(work, request["presale_id"])
    told = {name: request[name] for name in ("ends_at", "ships_from", "quota") if request[name] is not None}
    planned = replace(before, **told, version=before.version + 1)
    check_plan(planned, presales_of_sku(work, before.sku_id), work.now)
    put_terms(work, planned, request["reason"])
    return _shown(work, planned.presale_id)


def cancel_presale(work: Work, request: Request) -> dict[str, Any]:
    """Nothing more is sold or allotted of it; a job tells the orders that wait for it."""
    before = _locked(work, request["presale_id"])
    put_terms(work, replace(before, status=CANCELLED, version=before.version + 1), request["reason"])
    return _shown(work, before.presale_id)


def list_presales(work: Work, request: Request) -> dict[str, Any]:
    wanted = presale.c.sku_id == request["sku_id"] if request["sku_id"] else sa.true()
    return {"presales": show_presales(work, wanted, request["limit"])}


def _locked(work: Work, presale_id: str) -> Presale:
    """With its goods, which whoever opens another one locks first."""
    sku_id = sku_of(work, presale_id)
    if sku_id is None:
        raise Refused(PRESALE_UNKNOWN, "there is no such pre-sale", presale_id=presale_id)
    lock_goods(work, goods_of(work, [sku_id])[sku_id])
    found = locked_presales(work, [presale_id])[presale_id]
    check_not_over(found)
    return found


def _shown(work: Work, presale_id: str) -> dict[str, Any]:
    return show_presales(work, presale.c.presale_id == presale_id, 1)[0]
