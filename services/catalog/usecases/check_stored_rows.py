"""Whether an import fits what is stored: names that must exist, and what must not change hands."""

from collections.abc import Mapping
from typing import Any

from services.catalog.domain.imports import inconsistent, parents
from services.catalog.storage import import_checks
from services.chassis.data.work import Work


def check_names_exist(work: Work, request: Mapping[str, Any]) -> None:
    """Merchants and categories that the import names without bringing them."""
    goods, paths = request["goods"], {one["path"] for one in request["categories"]}
    named = {one["merchant_id"] for one in goods} - {one["merchant_id"] for one in request["merchants"]}
    if missing := import_checks.missing_merchants(work, named):
        raise inconsistent("goods of unknown merchants", merchant_ids=missing)
    used = ({one["category"] for one in goods} | parents(paths)) - paths
    if missing := import_checks.missing_categories(work, used):
        raise inconsistent("unknown categories", paths=missing)


def check_owners(work: Work, request: Mapping[str, Any]) -> None:
    """Goods keep their kind, SKUs their goods, prices their SKU: stock, codes and old orders hang on them."""
    goods = request["goods"]
    kinds = {one["goods_id"]: one["kind"] for one in goods}
    skus = {sku["sku_id"]: one["goods_id"] for one in goods for sku in one["skus"]}
    prices = {price["price_id"]: sku["sku_id"] for one in goods for sku in one["skus"] for price in sku["prices"]}
    _refuse_changes("the kind of goods cannot change", kinds, import_checks.stored_kinds(work, kinds))
    _refuse_changes("a SKU cannot move to other goods", skus, import_checks.owners_of_skus(work, skus))
    _refuse_changes("a price cannot move to another SKU", prices, import_checks.owners_of_prices(work, prices))


def _refuse_changes(why: str, wanted: Mapping[str, str], stored: Mapping[str, str]) -> None:
    if changed := sorted(key for key, value in stored.items() if wanted[key] != value):
        raise inconsistent(why, ids=changed)
