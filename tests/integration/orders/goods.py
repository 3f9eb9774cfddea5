"""What the mall of these tests sells, and what the catalog says of it."""

from typing import Any

from services.catalog.contract import own_element
from services.chassis.ids import derived_id

PHONE, RICE = derived_id("sku", "phone"), derived_id("sku", "rice")
TOP_UP, BUNDLE = derived_id("sku", "top-up"), derived_id("sku", "bundle")
CASE, DATA_PACK = derived_id("elm", "case"), derived_id("elm", "data-pack")
GAME = derived_id("sku", "game")
# What partners switch on: alone, in a box with a case that is carried, in a bag with a code, two at two partners.
CREDIT, CREDIT_BOX, CREDIT_BAG, CREDITS = (derived_id("sku", name) for name in ("credit", "box", "bag", "credits"))
PHONE_CREDIT, GAME_COINS = derived_id("elm", "phone-credit"), derived_id("elm", "game-coins")
TOPUP, GAMES = "topup", "games"
# What a piece costs: (kind, points, fen), and coins
GOODS = {PHONE: ("physical", 500, 9900), RICE: ("physical", 300, 0), TOP_UP: ("virtual", 1000, 0)}
GOODS[BUNDLE] = ("physical", 700, 0)
GOODS[GAME] = ("physical", 200, 0)
# Sold before they are there.
TABLET = derived_id("sku", "tablet")
GOODS[TABLET] = ("physical", 400, 8800)
PRESALES = {
    TABLET: {
        "presale_id": derived_id("psl", "tablets"),
        "ends_at": "2026-03-10T16:00:00.000Z",
        "ships_from": "2026-03-20",
        "left": 5,
    }
}
GOODS |= {CREDIT: ("virtual", 500, 0), CREDIT_BAG: ("virtual", 900, 0), CREDITS: ("virtual", 800, 100)}
GOODS[CREDIT_BOX] = ("physical", 700, 0)
COINS = {GAME: 30}
# So many pieces and more have to be approved; cups cost points alone.
PAPER, CUP = derived_id("sku", "paper"), derived_id("sku", "cup")
GOODS[PAPER], GOODS[CUP] = ("physical", 20, 300), ("physical", 30, 0)
BULK_FROM = {PAPER: 50, CUP: 50}
TEA, WATCH = derived_id("sku", "tea"), derived_id("sku", "watch")
GOODS[TEA], GOODS[WATCH] = ("physical", 100, 2500), ("physical", 50, 1200)
MERCHANTS = {TEA: "two", WATCH: "three"}  # all else is of merchant one
DELIVERY_OF_KIND = {"physical": "parcel", "virtual": "code"}
ADDRESS = {
    "name": "王芳",
    "phone": "13800000000",
    "province": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "street": "科技园路 1 号",
}


def _switched_on(element_id: str, provisioner: str) -> dict[str, Any]:
    named = {"name_zh": "话费 50 元", "name_en": "50 yuan of credit"}
    at = {"provisioner": provisioner, "product": "CREDIT-50"}
    return {"element_id": element_id, "delivery": "provision", "quantity": 1, **named, **at}


AT_ONE = _switched_on(PHONE_CREDIT, TOPUP)
SWITCHED_ON: dict[str, list[dict[str, Any]]] = {
    CREDIT: [AT_ONE],
    CREDIT_BOX: [{"element_id": CASE, "delivery": "parcel", "quantity": 1}, AT_ONE],
    CREDIT_BAG: [{"element_id": DATA_PACK, "delivery": "code", "quantity": 1}, AT_ONE],
    CREDITS: [AT_ONE, _switched_on(GAME_COINS, GAMES)],
}


def parts_of(sku_id: str) -> list[dict[str, Any]]:
    """A bundle is a case that is carried and two codes; everything else is its own only element."""
    if sku_id == BUNDLE:
        case = {"element_id": CASE, "delivery": "parcel", "quantity": 1}
        return [case, {"element_id": DATA_PACK, "delivery": "code", "quantity": 2}]
    if sku_id in SWITCHED_ON:
        return SWITCHED_ON[sku_id]
    delivery = DELIVERY_OF_KIND[GOODS[sku_id][0]]
    return [{"element_id": own_element(sku_id), "delivery": delivery, "quantity": 1}]


def quoted(request: dict[str, Any]) -> dict[str, Any]:
    lines = [quoted_line(line) for line in request["lines"]]
    return {
        "lines": lines,
        "points": sum(line["points"] for line in lines),
        "cash_fen": sum(line["cash_fen"] for line in lines),
        "coins": sum(line["coins"] for line in lines),
    }


def quoted_line(line: dict[str, Any]) -> dict[str, Any]:
    kind, unit_points, unit_fen = GOODS[line["sku_id"]]
    return {
        **line,
        "goods_id": derived_id("gds", line["sku_id"]),
        "merchant_id": derived_id("mer", MERCHANTS.get(line["sku_id"], "one")),
        "kind": kind,
        "name_zh": "商品",
        "name_en": "Goods",
        "unit_points": unit_points,
        "unit_cash_fen": unit_fen,
        "points": unit_points * line["quantity"],
        "cash_fen": unit_fen * line["quantity"],
        "coins": COINS.get(line["sku_id"], 0) * line["quantity"],
        "parts": parts_of(line["sku_id"]),
        "presale": PRESALES.get(line["sku_id"]),
        "bulk": line["quantity"] >= BULK_FROM.get(line["sku_id"], 10_000),
    }


def composed(request: dict[str, Any]) -> list[dict[str, Any]]:
    """What the catalog says it reserved."""
    return [{"sku_id": line["sku_id"], "parts": parts_of(line["sku_id"])} for line in request["lines"]]
