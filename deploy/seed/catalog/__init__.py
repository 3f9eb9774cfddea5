"""The demo's merchants, categories, elements and goods as requests of IMPORT_CATALOG."""

import hashlib
import json
from pathlib import Path
from typing import Any

from deploy.seed.pictures import draw
from services.catalog.contract import own_element
from services.chassis.ids import derived_id

FOLDER = Path(__file__).resolve().parent
Entry = dict[str, Any]
FEN_PER_COIN = 100


def import_requests() -> list[Entry]:
    """Requests in the order in which they must be sent: merchants, categories and shared elements, then goods by root
    category; a bundle names SKUs of its own file or of one before.

    The ``request_id`` comes from the content: the same content again is answered from memory, a changed one is new.
    """
    merchants, elements = (_read(f"{name}.json") for name in ("merchants", "elements"))
    first = {
        "merchants": [_merchant(entry) for entry in merchants],
        "categories": _read("categories.json"),
        "elements": [_element(entry) for entry in elements],
        "goods": [],
    }
    return [_named(first)] + [
        _named({"merchants": [], "categories": [], "goods": [_goods(entry) for entry in _read(path)]})
        for path in sorted((FOLDER / "goods").glob("*.json"))
    ]


def place_request() -> Entry:
    """Warehouses, halls and where cities are; the central warehouse is there already and is told where it is."""
    nowhere = {"latitude_e6": None, "longitude_e6": None}
    places = [
        {"place_id": _place(entry["slug"]), **nowhere, **{name: entry[name] for name in entry if name != "slug"}}
        for entry in _read("places.json")
    ]
    return _named({"reason": "the demo's places", "places": places, "localities": _read("localities.json")})


def arrival_requests() -> list[Entry]:
    """What lies elsewhere than in the central warehouse, where all goods come in first."""
    return [
        _named(
            {
                "element_id": own_element(_id("sku", entry["goods"], entry["variant"])),
                "place_id": _place(entry["place"]),
                "quantity": entry["quantity"],
                "reason": "首批铺货",
                "actor": "ops:seed",
            }
        )
        for entry in _read("arrivals.json")
    ]


def _place(slug: str) -> str:
    return derived_id("whs", slug)


def _read(name: str | Path) -> list[Entry]:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def _named(request: Entry) -> Entry:
    content = json.dumps(request, sort_keys=True, ensure_ascii=False)
    return {"request_id": f"seed-{hashlib.sha256(content.encode()).hexdigest()[:32]}", **request}


def _merchant(entry: Entry) -> Entry:
    return {"merchant_id": _id("mer", entry["slug"]), "name_zh": entry["name_zh"], "name_en": entry["name_en"]}


def _element(entry: Entry) -> Entry:
    return {"element_id": _id("elm", entry["slug"]), **{name: entry[name] for name in entry if name != "slug"}}


def _goods(entry: Entry) -> Entry:
    copied = ("category", "kind", "name_zh", "name_en", "description_zh", "description_en", "least_tier")
    return {
        "goods_id": _id("gds", entry["slug"]),
        "merchant_id": _id("mer", entry["merchant"]),
        **{name: entry[name] for name in copied},
        "picture_svg": draw(entry),
        "skus": [_sku(entry, sku) for sku in entry["skus"]],
    }


def _sku(goods: Entry, sku: Entry) -> Entry:
    variant = sku.get("variant_en", "")
    return {
        "sku_id": _id("sku", goods["slug"], variant),
        "variant_zh": sku.get("variant_zh", ""),
        "variant_en": variant,
        "prices": [{"price_id": _id("prc", goods["slug"], variant, _way(price)), **price} for price in sku["prices"]],
        **_composition(goods, sku),
    }


def _composition(goods: Entry, sku: Entry) -> Entry:
    if "of" in sku:
        return {"elements": [_part(part) for part in sku["of"]]}
    own = {"stock": sku["stock"], "codes_valid_days": goods.get("codes_valid_days"), **_market_value(sku)}
    return own | {name: goods[name] for name in ("form",) if name in goods}


def _market_value(sku: Entry) -> Entry:
    """The goods of the demo cost elsewhere what anybody pays for them here without points."""
    plain = [price for price in sku["prices"] if not price["points"] and "segment" not in price]
    paid = [price["cash_fen"] + price.get("coins", 0) * FEN_PER_COIN for price in plain]
    return {"market_value_fen": min(paid)} if paid else {}


def _part(part: Entry) -> Entry:
    """``element`` is one of elements.json, ``goods`` (and ``variant``) a SKU whose own element it is."""
    shared = _id("elm", part["element"]) if "element" in part else None
    own = own_element(_id("sku", part["goods"], part.get("variant", ""))) if "goods" in part else None
    return {"element_id": shared or own, "quantity": part.get("quantity", 1)}


def _way(price: Entry) -> str:
    """The identity of a price is the way to pay, so that a new amount is a new term of the same price."""
    return "+".join(name for name in ("points", "cash_fen", "coins") if price.get(name))


def _id(prefix: str, *parts: str) -> str:
    return derived_id(prefix, "seed", *parts)
