"""Chance as the steps of a story need it: near the limits that the model knows, mostly where something is going on."""

from random import Random
from typing import Any, NamedTuple

from services.chassis.ids import derived_id
from services.points import contract
from tests.integration.points.ledger_model_bags import Purse
from tests.integration.points.ledger_model_orders import Model

RECENT_ORDERS, RECENT_HOLDS, RECENT_REQUESTS, MOSTLY = 12, 40, 400, 0.8
SOURCES = ("check_in", "review", "survey", "campaign")
STRANGER = derived_id("mbr", "stranger")
STAFF = ("ops:wang", "ops:li")
EARLIER = "earlier"  # a field of some contents: so many days ago it happened


class Step(NamedTuple):
    """Stands for itself: any step may be dropped from a story, and the rest is a story too.

    What is no request has no ``key``.
    """

    what: str
    content: dict[str, Any]
    key: str | None = None


class Chance:
    """``seed`` decides everything; ``model`` knows how the story stands."""

    def __init__(self, seed: int, model: Model, members: list[str]) -> None:
        self.random, self.seed, self.model, self.members = Random(seed), seed, model, members
        self.orders: list[str] = []
        self.number = 0

    def request(self, what: str, **content: Any) -> Step:
        return Step(what, content, f"{what}-{self.seed}-{self.number}")

    def member(self) -> str:
        """One in fifty is a stranger."""
        return STRANGER if self.random.random() < 0.02 else self.random.choice(self.members)

    def order(self) -> str:
        """A recent one, or a new one."""
        if not self.orders or self.random.random() < 0.5:
            self.orders = [*self.orders[1 - RECENT_ORDERS :], derived_id("ord", str(self.seed), str(self.number))]
        return self.random.choice(self.orders)

    def order_that_is(self, *states: str) -> tuple[str, str]:
        """(order, unit) of one of the last holds in one of ``states``, mostly."""
        fitting = [name for name, hold in list(self.model.holds.items())[-RECENT_HOLDS:] if hold.state in states]
        if fitting and self.random.random() < MOSTLY:
            return self.random.choice(fitting)
        return self.order(), self.unit()

    def amount(self, limit: int) -> int:
        """Small, or at ``limit``, or just over it."""
        return max(self.random.choice([self.random.randint(1, 60), limit, limit + 1, limit // 2]), 1)

    def unit(self) -> str:
        return self.random.choice([contract.POINTS, contract.POINTS, contract.COINS])

    def purse(self) -> Purse:
        return self.random.choice(list(self.model.purses.values()))

    def purse_or_none(self) -> Purse:
        """Maybe one that nobody has."""
        member_id, unit = self.member(), self.unit()
        return self.model.purses.get((member_id, unit), Purse(member_id, unit))
