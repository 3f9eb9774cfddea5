"""Finding orders among many: a member's own, or everybody's for people of operations."""

from typing import Any

from services.chassis.data.work import Work
from services.orders.domain.page_cursor import cursor_of, place_of
from services.orders.storage.finding import found_orders
from services.orders.usecases.views import View, views_of


def find_orders(work: Work, request: dict[str, Any]) -> View:
    """Newest first; orders that come in between two pages neither shift nor repeat anything. Whose, and which, is what
    the request says; members' requests name the member."""
    limit = request["limit"]
    after = place_of(request["cursor"]) if request["cursor"] else None
    rows = found_orders(work, request, after, limit + 1)
    page, is_last = rows[:limit], len(rows) <= limit
    next_cursor = None if is_last else cursor_of(page[-1].placed_at, page[-1].order_id)
    return {"orders": views_of(work, page), "next_cursor": next_cursor}
