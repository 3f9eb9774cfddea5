"""The elements that an import brings and how its SKUs are composed of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.catalog.contract import (
    CODE,
    LARGEST_CODES_A_PIECE,
    OWN_CODES,
    PARCEL,
    PARTNER_CODES,
    PROVISION,
    own_element,
)
from services.catalog.domain.imports import inconsistent, refuse_repeated
from services.catalog.domain.quoting import full_name

Row = Mapping[str, Any]
_OWN = {"stock", "form", "market_value_fen"}
DELIVERY_OF_KIND = {"physical": PARCEL, "virtual": CODE}


def elements_brought(request: Row) -> list[dict[str, Any]]:
    """Those the import names, each with its form, and one of its own for every SKU that names none."""
    own = [_own_element(one, sku) for one in request["goods"] for sku in one["skus"] if "elements" not in sku]
    return [{**_said_by_nobody(element), **element} for element in (*request.get("elements", []), *own)]


def _said_by_nobody(element: Row) -> dict[str, Any]:
    delivery = element["delivery"]
    codes_of = OWN_CODES if delivery == CODE else None
    return {"form": delivery, "codes_of": codes_of, "provisioner": None, "product": None}


def compositions_brought(goods: Iterable[Row]) -> list[dict[str, Any]]:
    """[{sku_id, element_id, quantity, position}]"""
    return [
        {"sku_id": sku["sku_id"], **part, "position": position}
        for one in goods
        for sku in one["skus"]
        for position, part in enumerate(_parts_of(sku))
    ]


def check_elements(request: Row) -> None:
    """Refuses what contradicts itself, before anything stored is looked at."""
    refuse_repeated("element_id", elements_brought(request))
    if wrong := [e["element_id"] for e in request.get("elements", []) if _has_days_without_codes(e)]:
        raise inconsistent("only what is delivered by code has codes", element_ids=wrong)
    for element in request.get("elements", []):
        _check_partner(element)
    skus = [sku for one in request["goods"] for sku in one["skus"]]
    for sku in skus:
        _check_stock(sku)
        refuse_repeated("element_id", _parts_of(sku), sku_id=sku["sku_id"])


def check_forms(elements: Iterable[Row], deliveries: Mapping[str, str]) -> None:
    """``deliveries`` by form, of all forms that there are for the elements."""
    elements = list(elements)
    if missing := sorted({one["form"] for one in elements} - set(deliveries)):
        raise inconsistent("unknown forms", forms=missing)
    if wrong := [one["element_id"] for one in elements if deliveries[one["form"]] != one["delivery"]]:
        raise inconsistent("elements of this form are delivered in another way", element_ids=wrong)


def check_deliveries(goods: Iterable[Row], deliveries: Mapping[str, str]) -> None:
    """``deliveries`` by element id, of all elements that the goods are composed of."""
    for one in goods:
        for sku in one["skus"]:
            _check_deliveries(one["kind"], sku["sku_id"], _parts_of(sku), deliveries)


def _check_deliveries(kind: str, sku_id: str, parts: Sequence[Row], deliveries: Mapping[str, str]) -> None:
    is_carried = any(deliveries[part["element_id"]] == PARCEL for part in parts)
    if is_carried != (DELIVERY_OF_KIND[kind] == PARCEL):
        why = "physical goods need an element that is carried" if kind == "physical" else "virtual goods carry nothing"
        raise inconsistent(why, sku_id=sku_id)
    codes = sum(part["quantity"] for part in parts if deliveries[part["element_id"]] == CODE)
    if codes > LARGEST_CODES_A_PIECE:
        raise inconsistent("too many codes in a piece", sku_id=sku_id, most=LARGEST_CODES_A_PIECE)


def _check_stock(sku: Row) -> None:
    if "elements" not in sku and "stock" not in sku:
        raise inconsistent("a SKU without elements needs the opening stock of its own", sku_id=sku["sku_id"])
    if "elements" in sku and (_OWN & sku.keys() or sku["codes_valid_days"]):
        raise inconsistent("stock, form, value and days of codes are those of the elements", sku_id=sku["sku_id"])


def _has_days_without_codes(element: Row) -> bool:
    return element["delivery"] != CODE and element["codes_valid_days"] is not None


def _check_partner(element: Row) -> None:
    """Who switches it on, or who made its codes."""
    said = {name: element.get(name) is not None for name in ("provisioner", "product")}
    if said != dict.fromkeys(said, element["delivery"] == PROVISION):
        why = "what a partner switches on, and nothing else, names the provisioner and its product"
        raise inconsistent(why, element_id=element["element_id"])
    if element.get("codes_of") is not None and element["delivery"] != CODE:
        raise inconsistent("only what is delivered by code has codes", element_id=element["element_id"])
    if element.get("codes_of") == PARTNER_CODES and element["stock"]:
        raise inconsistent("codes of a partner are imported: no opening stock", element_id=element["element_id"])


def _parts_of(sku: Row) -> list[Row]:
    return sku.get("elements") or [{"element_id": own_element(sku["sku_id"]), "quantity": 1}]


def _own_element(goods: Row, sku: Row) -> dict[str, Any]:
    return {
        "element_id": own_element(sku["sku_id"]),
        "delivery": DELIVERY_OF_KIND[goods["kind"]],
        "form": sku.get("form", DELIVERY_OF_KIND[goods["kind"]]),
        "name_zh": full_name(goods["name_zh"], sku["variant_zh"]),
        "name_en": full_name(goods["name_en"], sku["variant_en"]),
        "least_tier": "registered",  # the goods say who may have them
        "market_value_fen": sku.get("market_value_fen"),
        "stock": sku.get("stock", 0),
        "codes_valid_days": sku["codes_valid_days"],
    }
