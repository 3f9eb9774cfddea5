"""A shop as tests need it: goods brought in through the import, orders made of ids."""

import itertools
import secrets
from functools import partial
from typing import Any

import sqlalchemy as sa

from services.catalog import contract
from services.catalog.contract import own_element
from services.catalog.storage.tables import code, movement, reservation, stock_level
from services.catalog.usecases.check_invariants import check_invariants
from services.catalog.usecases.commit_stock import commit_stock
from services.catalog.usecases.get_goods import get_goods
from services.catalog.usecases.import_catalog import import_catalog
from services.catalog.usecases.import_places import import_places
from services.catalog.usecases.quote_lines import quote_lines
from services.catalog.usecases.receive_stock import receive_stock
from services.catalog.usecases.release_stock import release_stock
from services.catalog.usecases.reserve_stock import reserve_stock
from services.catalog.usecases.set_limit import set_limit
from services.chassis.data.work import ReceivedEvent, Works
from services.chassis.ids import derived_id, new_id
from services.chassis.testkit import event_of
from services.orders import contract as orders

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10"/></svg>'
MERCHANT = {"merchant_id": derived_id("mer", "test"), "name_zh": "测试商户", "name_en": "Test merchant"}
CATEGORIES = [
    {"path": "digital", "name_zh": "数码", "name_en": "Digital"},
    {"path": "digital/phone", "name_zh": "手机", "name_en": "Phones"},
    {"path": "food", "name_zh": "食品", "name_en": "Food"},
]
_numbers = itertools.count(1)


def price(points: int = 1000, cash_fen: int = 0, price_id: str | None = None, **more: Any) -> dict[str, Any]:
    return {"price_id": price_id or new_id("prc"), "points": points, "cash_fen": cash_fen, **more}


def shown(priced: dict[str, Any]) -> dict[str, Any]:
    """A price of an import as the contract shows it."""
    return {"coins": 0, "least_tier": "registered", "segment": None, **priced}


def offered(priced: dict[str, Any]) -> dict[str, Any]:
    """The same where it says what points are worth; what its goods cost elsewhere nobody knows."""
    return {"value_per_1000_points_fen": None, **shown(priced)}


def sku(stock: int = 10, **changes: Any) -> dict[str, Any]:
    return {"sku_id": new_id("sku"), "prices": [price()], "stock": stock, **changes}


def bundle(*parts: tuple[str, int], **changes: Any) -> dict[str, Any]:
    """A SKU composed of elements: (element, quantity) each."""
    elements = [{"element_id": element_id, "quantity": quantity} for element_id, quantity in parts]
    return {"sku_id": new_id("sku"), "prices": [price()], "elements": elements, **changes}


def element(stock: int = 10, delivery: str = "parcel", **changes: Any) -> dict[str, Any]:
    plain = {"element_id": new_id("elm"), "delivery": delivery, "name_zh": "原子", "name_en": "Element"}
    return {**plain, "stock": stock, **changes}


def goods(**changes: Any) -> dict[str, Any]:
    name = f"goods {next(_numbers)}"
    plain = {"goods_id": new_id("gds"), "merchant_id": MERCHANT["merchant_id"], "category": "digital/phone"}
    texts = {"kind": "physical", "name_zh": name, "name_en": name, "picture_svg": SVG}
    return {**plain, **texts, "skus": [sku()], **changes}


def import_request(*imported: dict[str, Any], **changes: Any) -> dict[str, Any]:
    request = {"request_id": new_id("req"), "merchants": [MERCHANT], "categories": CATEGORIES, "goods": list(imported)}
    return contract.IMPORT_CATALOG.load_request({**request, **changes})


def bring_in(works: Works, *imported: dict[str, Any], **changes: Any) -> Any:
    usecase = partial(import_catalog, random_bytes=secrets.token_bytes)
    return works.once(contract.IMPORT_CATALOG, usecase, import_request(*imported, **changes))


def stocked(works: Works, stock: int = 10, kind: str = "physical", **changes: Any) -> str:
    """The id of a new SKU with that much stock."""
    one = sku(stock, **changes)
    bring_in(works, goods(kind=kind, skus=[one]))
    return one["sku_id"]


def bundled(works: Works, *parts: tuple[str, int], kind: str = "physical") -> str:
    """The id of a new SKU that is composed of these elements."""
    one = bundle(*parts)
    bring_in(works, goods(kind=kind, skus=[one]))
    return one["sku_id"]


def place_of(works: Works, kind: str = "warehouse", **changes: Any) -> str:
    """The id of a new place, used after those that there were."""
    names = {"name_zh": "南仓", "name_en": "South", "province": "广东省", "city": "广州市"}
    nowhere = {"latitude_e6": None, "longitude_e6": None}
    where = {"place_id": new_id("whs"), "kind": kind, **names, **nowhere, "priority": 100 + next(_numbers)}
    bring_places(works, {**where, **changes})
    return changes.get("place_id") or where["place_id"]


def bring_places(works: Works, *places: dict[str, Any], **changes: Any) -> Any:
    request = {"request_id": new_id("req"), "reason": "test", "places": list(places), "localities": [], **changes}
    return works.once(contract.IMPORT_PLACES, import_places, contract.IMPORT_PLACES.load_request(request))


def receive(works: Works, element_id: str, quantity: int, place_id: str, key: str = "") -> Any:
    told = {"element_id": element_id, "quantity": quantity, "place_id": place_id, "reason": "到货", "actor": "test"}
    usecase = partial(receive_stock, random_bytes=secrets.token_bytes)
    return works.once(contract.RECEIVE_STOCK, usecase, {"request_id": key or new_id("req"), **told})


def seen(works: Works, goods_id: str, **who: Any) -> dict[str, Any]:
    """Goods as they are shown to ``who`` asks (member_tier, member_segments)."""
    request = contract.GET_GOODS.load_request({"goods_id": goods_id, **who})
    return contract.GET_GOODS.dump_reply(works.run(get_goods, request))


def quoted(works: Works, *wishes: tuple[str, int, str], tier: str = "registered", **changes: Any) -> dict[str, Any]:
    """A quote of (SKU, quantity, price) each."""
    lines = [{"sku_id": sku_id, "quantity": many, "price_id": price_id} for sku_id, many, price_id in wishes]
    request = contract.QUOTE_LINES.load_request({"member_tier": tier, "lines": lines, **changes})
    return contract.QUOTE_LINES.dump_reply(works.run(quote_lines, request))


def new_order() -> str:
    return new_id("ord")


def reserve(
    works: Works, order_id: str, *lines: tuple[str, int], expires_in_s: int = 900, key: str = "", **changes: Any
) -> Any:
    request = {
        "request_id": key or new_id("req"),
        "order_id": order_id,
        "lines": [{"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in lines],
        "expires_in_s": expires_in_s,
        **changes,
    }
    return works.once(contract.RESERVE_STOCK, reserve_stock, contract.RESERVE_STOCK.load_request(request))


def release(works: Works, order_id: str, key: str = "") -> Any:
    request = {"request_id": key or new_id("req"), "order_id": order_id, "reason": "test"}
    return works.once(contract.RELEASE_STOCK, release_stock, request)


def commit(works: Works, order_id: str, key: str = "") -> Any:
    request = {"request_id": key or new_id("req"), "order_id": order_id}
    return works.once(contract.COMMIT_STOCK, commit_stock, request)


def limit(works: Works, subject: str, most: int = 2, period: str = "day", **changes: Any) -> Any:
    wish = {"request_id": new_id("req"), "subject": subject, "period": period, "most": most, "reason": "test"}
    return works.once(contract.SET_LIMIT, set_limit, contract.SET_LIMIT.load_request({**wish, **changes}))


def confirmed(order_id: str, *lines: tuple[str, int], member_id: str = "") -> ReceivedEvent:
    data = {
        "order_id": order_id,
        "member_id": member_id or derived_id("mbr", order_id),
        "points": 0,
        "cash_fen": 0,
        "lines": [_order_line(number, *line) for number, line in enumerate(lines, 1)],
        "delivery_address": None,
        "confirmed_at": "2026-11-11T00:00:00.000Z",
    }
    return event_of(orders.ORDER_CONFIRMED, order_id, data, handler="catalog.on_order_confirmed")


def ended(order_id: str, event: Any = orders.ORDER_CANCELLED, **more: Any) -> ReceivedEvent:
    data = {
        "order_id": order_id,
        "member_id": derived_id("mbr", order_id),
        "points": 0,
        "cash_fen": 0,
        "reason": "test",
        **more,
    }
    return event_of(event, order_id, data, handler=f"catalog.on_{event.type}")


def level(engine: sa.Engine, sku_id: str) -> tuple[int, int]:
    """(on_hand, reserved) of the SKU's own element."""
    return level_of(engine, own_element(sku_id))


def level_of(engine: sa.Engine, element_id: str) -> tuple[int, int]:
    """(on_hand, reserved)"""
    statement = sa.select(stock_level.c.on_hand, stock_level.c.reserved).where(stock_level.c.element_id == element_id)
    with engine.connect() as connection:
        return tuple(connection.execute(statement).one())


def status_of(engine: sa.Engine, order_id: str) -> str | None:
    return _one(engine, sa.select(reservation.c.status).where(reservation.c.order_id == order_id))


def codes_issued_to(engine: sa.Engine, order_id: str) -> int:
    return _one(engine, sa.select(sa.func.count()).select_from(code).where(code.c.order_id == order_id))


def movements_of(engine: sa.Engine, sku_id: str) -> list[tuple[str, int]]:
    """(kind, quantity) of the SKU's own element, in order."""
    return movements_of_element(engine, own_element(sku_id))


def movements_of_element(engine: sa.Engine, element_id: str) -> list[tuple[str, int]]:
    """(kind, quantity), in order."""
    statement = sa.select(movement.c.kind, movement.c.quantity).where(movement.c.element_id == element_id)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement.order_by(movement.c.id))]


def broken_invariants(works: Works) -> list[dict[str, Any]]:
    with works.begin() as work:
        return [check for check in check_invariants(work) if not check["ok"]]


def _one(engine: sa.Engine, statement: Any) -> Any:
    with engine.connect() as connection:
        return connection.execute(statement).scalar_one_or_none()


def _order_line(number: int, sku_id: str, quantity: int) -> dict[str, Any]:
    ids = {"sku_id": sku_id, "goods_id": derived_id("gds", sku_id), "merchant_id": MERCHANT["merchant_id"]}
    texts = {"kind": "physical", "name_zh": "货", "name_en": "goods"}
    return {"line_no": number, **ids, **texts, "quantity": quantity, "points": 0, "cash_fen": 0}
