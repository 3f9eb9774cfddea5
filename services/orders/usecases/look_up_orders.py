"""Looking at orders: one, a page, its timeline, its bare status."""

from typing import Any

from services.chassis.data.work import Work
from services.orders.domain.page_cursor import cursor_of, place_of
from services.orders.storage.queries import facts_of, find_order, page_of_orders
from services.orders.usecases.ownership import owned
from services.orders.usecases.views import View, view_of, views_of


def get_order(work: Work, request: dict[str, Any]) -> View:
    return view_of(work, owned(find_order(work, request["order_id"]), request["member_id"]))


def list_orders(work: Work, request: dict[str, Any]) -> View:
    """Newest first; orders that come in between two pages neither shift nor repeat anything."""
    limit = request["limit"]
    after = place_of(request["cursor"]) if request["cursor"] else None
    rows = page_of_orders(work, request["member_id"], request["status"], after, limit + 1)
    page, is_last = rows[:limit], len(rows) <= limit
    next_cursor = None if is_last else cursor_of(page[-1].placed_at, page[-1].order_id)
    return {"orders": views_of(work, page), "next_cursor": next_cursor}


def get_timeline(work: Work, request: dict[str, Any]) -> View:
    """In the order in which things happened, which need not be the order in which we heard of them."""
    order = owned(find_order(work, request["order_id"]), request["member_id"])
    facts = sorted(facts_of(work, order.order_id), key=lambda fact: (fact.at, fact.id))
    return {"entries": facts}


def check_order(work: Work, request: dict[str, Any]) -> View:
    order = find_order(work, request["order_id"])
    return {"order_id": request["order_id"], "status": order.status if order else "unknown"}
