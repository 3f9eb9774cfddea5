"""Flash sales as tests need them: opened, and their tickets taken, spent and given back."""

from datetime import timedelta
from typing import Any

from services.catalog import contract
from services.catalog.usecases.admit_takers import Admission, take_ticket_in_turn
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.decide_flash_sales import (
    cancel_flash_sale,
    change_flash_sale,
    get_flash_sale,
    open_flash_sale,
)
from services.catalog.usecases.end_flash_sales import end_flash_sales, expire_unused_tickets
from services.chassis.data.work import Works
from services.chassis.ids import new_id
from tests.integration.catalog.pre_sold import asked
from tests.integration.catalog.shop import confirmed, new_order, reserve


def opened(works: Works, sku_id: str, quota: int, **changes: Any) -> dict[str, Any]:
    """A sale that sells now, for an hour: 100 points a piece, one for each member, five minutes to order."""
    ends_at = (works.clock.now() + timedelta(hours=1)).isoformat()
    wish = {"sku_id": sku_id, "ends_at": ends_at, "points": 100, "quota": quota}
    return asked(works, contract.OPEN_FLASH_SALE, open_flash_sale, **(wish | changes))


def changed(works: Works, sale_id: str, **changes: Any) -> Any:
    return asked(works, contract.CHANGE_FLASH_SALE, change_flash_sale, sale_id=sale_id, **changes)


def cancelled(works: Works, sale_id: str) -> Any:
    return asked(works, contract.CANCEL_FLASH_SALE, cancel_flash_sale, sale_id=sale_id)


def taken(
    works: Works, sale_id: str, member_id: str = "", key: str = "", admission: Admission | None = None
) -> dict[str, Any]:
    """By a process that knows nothing of it, unless ``admission`` says what it knows."""
    request = {"request_id": key or new_id("req"), "sale_id": sale_id, "member_id": member_id or new_id("mbr")}
    return take_ticket_in_turn(works, admission or Admission(), contract.TAKE_TICKET.load_request(request))


def counted(works: Works, sale_id: str) -> tuple[int, int, int]:
    """(left, live, sold)"""
    found = works.run(get_flash_sale, {"sale_id": sale_id})
    return found["left"], found["live"], found["sold"]


def spend(works: Works, ticket: dict[str, Any], member_id: str, order_id: str = "", **changes: Any) -> str:
    """The id of an order that holds its piece."""
    order_id = order_id or new_order()
    line = {"sku_id": ticket["sku_id"], "quantity": 1, "ticket_id": ticket["ticket_id"]}
    reserve(works, order_id, **{"lines": [line], "member_id": member_id, **changes})
    return order_id


def sell(works: Works, order_id: str, sku_id: str, pieces: int = 1) -> None:
    works.apply(confirmed(order_id, (sku_id, pieces)), commit_confirmed_order)


def run_jobs(works: Works) -> None:
    expire_unused_tickets(works)
    end_flash_sales(works)
