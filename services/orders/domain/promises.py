"""What a member may promise to pay at the door, and what is promised already. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TOO_MANY_ORDERS, TOO_MUCH_CASH = "too_many_open_orders", "too_much_open_cash"


@dataclass(frozen=True)
class Promised:
    """Orders whose cash is promised and not there yet, and that cash in fen."""

    orders: int
    fen: int


@dataclass(frozen=True)
class Credit:
    """As members decided; ``reasons`` why or why not. The most that may be promised at a time."""

    is_offered: bool
    reasons: tuple[str, ...]
    most_open_orders: int
    most_open_fen: int

    def objections(self, promised: Promised, cash_fen: int, orders: int = 1) -> list[str]:
        """Against ``orders`` more that cost ``cash_fen`` in all, beside what is promised already."""
        if not self.is_offered:
            return list(self.reasons)
        too_many = promised.orders + orders > self.most_open_orders
        too_much = promised.fen + cash_fen > self.most_open_fen
        return [TOO_MANY_ORDERS] * too_many + [TOO_MUCH_CASH] * too_much


def credit_of(told: Mapping[str, Any]) -> Credit:
    """From what members answer."""
    offer = told["cash_on_delivery"]
    return Credit(offer["is_offered"], tuple(offer["reasons"]), offer["most_open_orders"], offer["most_open_fen"])
