"""What is looked at when everything is at rest: what shoppers were told, and the books."""

from dataclasses import dataclass
from typing import Any

from tests.faults.asked import History
from tests.faults.rest import Books
from tests.faults.supplies import Supplies

LIVE = ("confirmed", "completed")
ORDERS = """
    SELECT order_id, member_id, status, points, status = ANY(:live) AND payment_status = 'paid' AS is_kept
    FROM orders WHERE member_id = ANY(:members)
"""


@dataclass(frozen=True)
class Breach:
    """``orders`` are those that it is about, as far as it is about orders."""

    promise: str
    what: str
    orders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    history: History
    supplies: Supplies
    books: Books
    amqp_url: str
    planted: frozenset[bytes] = frozenset()
    """What was put on the bus to be parked."""

    def orders(self) -> list[dict[str, Any]]:
        """``is_kept``: sold, and not sent back."""
        members = [buyer.member_id for buyer in self.supplies.buyers]
        return self.books.rows("orders", ORDERS, members=members, live=list(LIVE))
