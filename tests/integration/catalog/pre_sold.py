"""Pre-sales as tests need them: opened, bought, and delivered by time and stock."""

from datetime import timedelta
from typing import Any

from services.catalog import contract
from services.catalog.usecases.allot_presales import allot_presales, revoke_presales
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.decide_presales import cancel_presale, change_presale, list_presales, open_presale
from services.chassis.clock import local_date
from services.chassis.data.work import Works
from services.chassis.ids import new_id
from tests.integration.catalog.shop import confirmed, new_order, reserve


def asked(works: Works, command: Any, usecase: Any, **told: Any) -> Any:
    return works.once(command, usecase, command.load_request({"request_id": new_id("req"), "reason": "test", **told}))


def opened(works: Works, sku_id: str, quota: int, sent_in_days: int = 0, **changes: Any) -> str:
    """The id of a pre-sale that sells now, for ten days."""
    now = works.clock.now()
    ships_from = local_date(now + timedelta(days=sent_in_days)).isoformat()
    wish = {"sku_id": sku_id, "ends_at": (now + timedelta(days=10)).isoformat(), "ships_from": ships_from}
    return asked(works, contract.OPEN_PRESALE, open_presale, quota=quota, **(wish | changes))["presale_id"]


def changed(works: Works, presale_id: str, **changes: Any) -> Any:
    return asked(works, contract.CHANGE_PRESALE, change_presale, presale_id=presale_id, **changes)


def cancelled(works: Works, presale_id: str) -> Any:
    return asked(works, contract.CANCEL_PRESALE, cancel_presale, presale_id=presale_id)


def presale(works: Works, presale_id: str) -> dict[str, Any]:
    found = works.run(list_presales, contract.LIST_PRESALES.load_request({"limit": 100}))["presales"]
    return next(one for one in found if one["presale_id"] == presale_id)


def counted(works: Works, presale_id: str) -> tuple[int, int]:
    """(taken, allotted)"""
    one = presale(works, presale_id)
    return one["taken"], one["allotted"]


def hold(works: Works, sku_id: str, presale_id: str, pieces: int = 1, order_id: str = "", **changes: Any) -> str:
    """The id of an order that holds so many pieces."""
    order_id = order_id or new_order()
    line = {"sku_id": sku_id, "quantity": pieces, "presale_id": presale_id}
    reserve(works, order_id, **{"lines": [line], **changes})
    return order_id


def sell(works: Works, order_id: str, sku_id: str, pieces: int = 1) -> None:
    """As orders tells it of what is still to come."""
    event = confirmed(order_id, (sku_id, pieces))
    event.data["waits_for_goods"] = True
    works.apply(event, commit_confirmed_order)


def bought(works: Works, sku_id: str, presale_id: str, pieces: int = 1) -> str:
    """The id of an order that waits for so many pieces."""
    order_id = hold(works, sku_id, presale_id, pieces)
    sell(works, order_id, sku_id, pieces)
    return order_id


def run_jobs(works: Works) -> None:
    allot_presales(works)
    revoke_presales(works)
