"""Goods that are sold in large numbers: from how many pieces on, to whom, and for how much a piece. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from services.catalog.contract import BULK_STEPS_WRONG
from services.catalog.domain.prices import Member, PriceTerm
from services.chassis.refusal import Refused


@dataclass(frozen=True)
class BulkStep:
    from_pieces: int
    price_id: str
    points: int
    cash_fen: int
    coins: int = 0

    @property
    def costs(self) -> tuple[int, int, int]:
        return self.points, self.cash_fen, self.coins


@dataclass(frozen=True)
class BulkOffer:
    """``least`` to ``most`` pieces an order, for members of ``segment`` (None: all)."""

    least: int
    most: int
    segment: str | None
    steps: tuple[BulkStep, ...] = ()

    def is_for(self, member: Member, pieces: int) -> bool:
        return member.is_in(self.segment) and pieces >= self.least

    def priced(self, term: PriceTerm, pieces: int) -> PriceTerm:
        """The price of the highest step that is reached in this way to pay, unless the member's own is better."""
        reached = [step for step in self.steps if step.price_id == term.price_id and step.from_pieces <= pieces]
        if not reached:
            return term
        step = max(reached, key=lambda one: one.from_pieces)
        in_bulk = replace(term, points=step.points, cash_fen=step.cash_fen, coins=step.coins)
        return min(term, in_bulk, key=lambda one: one.burden)


def check_steps(least: int, most: int, steps: Sequence[BulkStep]) -> None:
    """Refuses steps that no order reaches, that cost nothing, or that get dearer with the pieces."""
    for step in steps:
        if not least <= step.from_pieces <= most or not any(step.costs):
            raise Refused(BULK_STEPS_WRONG, "no such order, or it would cost nothing", from_pieces=step.from_pieces)
    for price_id in {step.price_id for step in steps}:
        _check_way([step for step in steps if step.price_id == price_id])


def _check_way(steps: Iterable[BulkStep]) -> None:
    for few, many in pairwise(sorted(steps, key=lambda step: step.from_pieces)):
        is_dearer = any(more > less for more, less in zip(many.costs, few.costs, strict=True))
        if few.from_pieces == many.from_pieces or is_dearer:
            raise Refused(BULK_STEPS_WRONG, "more pieces cost no more a piece", price_id=many.price_id)
