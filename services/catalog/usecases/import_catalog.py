"""Bring in merchants, categories, forms, elements and goods: what exists is updated, stock is opened once."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from services.catalog.contract import NewGoods
from services.catalog.domain.codes import RandomBytes
from services.catalog.domain.elements import check_elements, compositions_brought, elements_brought
from services.catalog.domain.imports import check_import, price_terms
from services.catalog.domain.pictures import etag_of
from services.catalog.domain.prices import price_changes
from services.catalog.domain.schedule import replan
from services.catalog.domain.search import searchable
from services.catalog.storage import catalog_writes
from services.catalog.storage.compositions import save_compositions
from services.catalog.storage.listings import record_direct
from services.catalog.storage.schedule import carry_out, windows_of
from services.catalog.usecases.check_stored_rows import (
    check_composition,
    check_elements_have_forms,
    check_names_exist,
    check_owners,
)
from services.catalog.usecases.check_values import refuse_values, values_outside
from services.catalog.usecases.stock_arrival import open_stock
from services.chassis.data.work import Work

Goods = Mapping[str, Any]
AS_IMPORTED = (
    *("goods_id", "merchant_id", "category", "kind", "least_tier"),
    *("name_zh", "name_en", "description_zh", "description_en"),
)


def import_catalog(work: Work, request: dict[str, Any], random_bytes: RandomBytes) -> dict[str, Any]:
    """The operators' own: it lists without a review, which is on record, and only at prices that need no excuse."""
    counts = bring_in(work, request, random_bytes)
    refuse_values(work, values_outside(work, request["goods"]))
    record_direct(work, request["request_id"], [(one["goods_id"], _digest(one)) for one in request["goods"]])
    return counts


def bring_in(work: Work, request: Goods, random_bytes: RandomBytes) -> dict[str, Any]:
    """The same again changes nothing. ``random_bytes`` makes the codes that are opening stock."""
    goods, elements = request["goods"], elements_brought(request)
    check_import(request)
    check_elements(request)
    check_names_exist(work, request)
    check_owners(work, request)
    check_elements_have_forms(work, request, elements)
    check_composition(work, goods, elements)
    catalog_writes.save_merchants(work, request["merchants"])
    catalog_writes.save_categories(work, request["categories"])
    catalog_writes.save_forms(work, request.get("forms", []))
    catalog_writes.save_elements(work, [_element_row(element) for element in elements])
    if goods:
        _save_goods(work, goods)
        _save_schedules(work, goods)
        _save_prices(work, goods)
    open_stock(work, {element["element_id"]: element["stock"] for element in elements}, random_bytes)
    counts = {name: len(request[name]) for name in ("merchants", "categories", "goods")}
    return {**counts, "elements": len(elements), "skus": sum(len(one["skus"]) for one in goods)}


def _digest(goods: Goods) -> str:
    told = json.dumps(NewGoods().dump(goods), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def _save_goods(work: Work, goods: Sequence[Goods]) -> None:
    skus = [_sku_row(one, sku, position) for one in goods for position, sku in enumerate(one["skus"])]
    catalog_writes.save_goods(work, [_goods_row(work, one) for one in goods])
    catalog_writes.save_pictures(work, [_picture_row(one) for one in goods])
    catalog_writes.save_skus(work, skus)
    save_compositions(work, compositions_brought(goods))
    catalog_writes.retire_other_skus(work, [one["goods_id"] for one in goods], [row["sku_id"] for row in skus])


def _save_schedules(work: Work, goods: Sequence[Goods]) -> None:
    stand = windows_of(work, [one["goods_id"] for one in goods])
    for one in goods:
        plan = replan(stand[one["goods_id"]], one["on_sale_from"], one["on_sale_until"], work.now)
        carry_out(work, one["goods_id"], plan, "imported")


def _save_prices(work: Work, goods: Sequence[Goods]) -> None:
    stands = catalog_writes.open_prices(work, [one["goods_id"] for one in goods])
    catalog_writes.write_prices(work, price_changes(stands, price_terms(goods)))


def _goods_row(work: Work, goods: Goods) -> dict[str, Any]:
    names = (goods["name_zh"], goods["name_en"], goods["description_zh"], goods["description_en"])
    said = {name: goods[name] for name in AS_IMPORTED} | {"segment": goods.get("segment")}
    return {**said, "search_text": searchable(*names), "updated_at": work.now}


def _picture_row(goods: Goods) -> dict[str, Any]:
    svg = goods["picture_svg"]
    return {"goods_id": goods["goods_id"], "svg": svg, "etag": etag_of(svg)}


def _element_row(element: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in element.items() if name != "stock"}


def _sku_row(goods: Goods, sku: Mapping[str, Any], position: int) -> dict[str, Any]:
    kept = {name: sku[name] for name in ("sku_id", "variant_zh", "variant_en")}
    return {**kept, "goods_id": goods["goods_id"], "position": position, "retired_at": None}
