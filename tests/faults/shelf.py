"""What shoppers choose from: for points, for points and cash, what there is too little of, and a flash sale."""

from dataclasses import dataclass
from random import Random
from typing import Any

from deploy.demo.redemptions import ADDRESS
from deploy.demo.shelf import Choice


@dataclass(frozen=True)
class Flash:
    """A sale by tickets, of another SKU, for points alone."""

    sale_id: str
    sku_id: str
    price_id: str
    points: int
    quota: int

    @property
    def path(self) -> str:
        return f"/v1/flash-sales/{self.sale_id}/tickets"

    def order_body(self, ticket: dict[str, Any]) -> dict[str, Any]:
        line = {"sku_id": self.sku_id, "quantity": 1, "price_id": self.price_id, "ticket_id": ticket["ticket_id"]}
        return {"lines": [line], "expected": {"points": self.points, "cash_fen": 0}, "delivery_address": ADDRESS}


@dataclass(frozen=True)
class Shelf:
    """``weights``: how often each is bought, of what needs no ticket."""

    common: Choice
    for_cash: Choice
    scarce: Choice
    flash: Flash
    weights: tuple[int, int, int] = (60, 15, 25)

    @property
    def kinds(self) -> tuple[Choice, Choice, Choice]:
        return self.common, self.for_cash, self.scarce

    def choose(self, rng: Random) -> Choice:
        return rng.choices(self.kinds, self.weights)[0]
