"""Whether an import fits what is stored: names that must exist, and what must not change hands."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.catalog.domain.elements import check_deliveries, check_forms, compositions_brought
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


def check_elements_have_forms(work: Work, request: Mapping[str, Any], elements: Sequence[Mapping[str, Any]]) -> None:
    """Forms keep their delivery, and elements are of forms that there are."""
    brought = {form["form"]: form["delivery"] for form in request.get("forms", [])}
    stored = import_checks.deliveries_of_forms(work, {element["form"] for element in elements} | set(brought))
    known = {form: delivery for form, delivery in stored.items() if form in brought}
    _refuse_changes("the delivery of a form cannot change", brought, known)
    check_forms(elements, {**stored, **brought})


def check_composition(work: Work, goods: Sequence[Mapping[str, Any]], elements: Sequence[Mapping[str, Any]]) -> None:
    """Elements keep their delivery, SKUs name elements that there are, and these fit the kind of the goods."""
    brought = {element["element_id"]: element["delivery"] for element in elements}
    named = {part["element_id"] for part in compositions_brought(goods)}
    stored = import_checks.stored_deliveries(work, named | set(brought))
    if missing := sorted(named - set(brought) - set(stored)):
        raise inconsistent("unknown elements", element_ids=missing)
    known = {element_id: delivery for element_id, delivery in stored.items() if element_id in brought}
    _refuse_changes("the delivery of an element cannot change", brought, known)
    makers = {element["element_id"]: element["codes_of"] for element in elements}
    _refuse_changes("whose codes they are cannot change", makers, import_checks.stored_makers_of_codes(work, makers))
    check_deliveries(goods, {**stored, **brought})


def _refuse_changes(why: str, wanted: Mapping[str, str], stored: Mapping[str, str]) -> None:
    if changed := sorted(key for key, value in stored.items() if wanted[key] != value):
        raise inconsistent(why, ids=changed)
