"""Carts of members who ended, and lines that nobody touches any more, go; and the terms of that."""

from datetime import timedelta
from typing import Any

from services.chassis.data.work import ReceivedEvent, Work, Works
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.storage import carts
from services.orders.storage.cart_terms import cart_terms_in_force, list_cart_terms, write_cart_terms

AT_ONCE = 1_000  # lines in one transaction
EMPTIED = timedelta(days=1)  # how long lines stay of which an order took everything


def empty_cart_of_ended_member(work: Work, event: ReceivedEvent) -> None:
    """A membership that ended does not begin again, so it does not matter how late this is heard."""
    if event.data["state"] == "cancelled":
        carts.forget_member(work, event.data["member_id"])


def tidy_carts(works: Works) -> int:
    """How many lines went."""
    gone = 0
    while went := works.run(_tidy, {}):
        gone += went
    return gone


def set_cart_terms(work: Work, request: dict[str, Any]) -> list[dict[str, Any]]:
    """``most_lines`` in a cart and ``keep_days`` of lines that nobody touches, from ``effective_from`` (None: now).
    Carts that have more lines keep them."""
    begins = request["effective_from"] or work.now
    most_lines, keep_days = request["most_lines"], request["keep_days"]
    if begins < work.now or not 1 <= most_lines <= contract.LARGEST_CART or keep_days < 1:
        raise Refused(contract.CART_TERMS_INVALID, f"1 to {contract.LARGEST_CART} lines, a day at least, not backdated")
    if not write_cart_terms(work, most_lines, keep_days, begins, request["reason"]):
        raise Refused(contract.CART_TERMS_INVALID, "this instant has terms already")
    return list_cart_terms(work)


def _tidy(work: Work, _: dict[str, Any]) -> int:
    untouched_since = work.now - cart_terms_in_force(work).keep
    return carts.forget_old_lines(work, untouched_since, work.now - EMPTIED, AT_ONCE)
