"""What happened to the means of payment of an order, folded from append-only events.

A fold looks at the set of events only, so that their order and repetitions make no difference.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.chassis.ids import derived_id

OPERATIONS = ("hold", "capture", "void", "refund")
OUTCOMES = ("requested", "succeeded", "failed", "unknown")
KINDS = ("points", "coins", "cash")


def tender_id_of(order_id: str, kind: str) -> str:
    return derived_id("tnd", order_id, kind)


@dataclass(frozen=True)
class TenderEvent:
    """``amount`` is points or fen, as the tender's kind has it; ``reference`` names one operation, whose outcomes
    are several events (asked for, not known, succeeded)."""

    op: str
    outcome: str
    amount: int
    reference: str
    provider_ref: str | None = None


@dataclass(frozen=True)
class TenderState:
    """Amounts that certainly moved, and the operations that were asked for and have not ended. Cash that was paid
    twice, through two providers, was captured twice."""

    kind: str
    due: int
    held: int
    captured: int
    refunded: int
    voided: int
    in_flight: frozenset[str]

    @property
    def is_captured(self) -> bool:
        """All of it was taken, whatever went back since."""
        return self.captured >= self.due

    @property
    def is_covered(self) -> bool:
        return self.captured - self.refunded >= self.due

    @property
    def is_given_back(self) -> bool:
        return self.captured == self.refunded

    @property
    def is_released(self) -> bool:
        """What was held is free again, so it cannot be captured any more."""
        return self.voided > 0 and self.captured == 0


def fold_tender(kind: str, due: int, events: Iterable[TenderEvent]) -> TenderState:
    """The state of one tender from all its events, in any order, each as often as it comes."""
    outcomes: dict[tuple[str, str], dict[str, int]] = {}
    for event in events:
        outcomes.setdefault((event.op, event.reference), {})[event.outcome] = event.amount
    moved = dict.fromkeys(OPERATIONS, 0)
    for (op, _), reached in outcomes.items():
        moved[op] += reached.get("succeeded", 0)
    open_ops = {op for (op, _), reached in outcomes.items() if not reached.keys() & {"succeeded", "failed"}}
    is_over = moved["void"] > 0 and moved["capture"] == 0  # what was released cannot be captured or refunded
    return TenderState(
        kind=kind,
        due=due,
        held=moved["hold"],
        captured=moved["capture"],
        refunded=moved["refund"],
        voided=moved["void"],
        in_flight=frozenset() if is_over else frozenset(open_ops),
    )


def payment_status(tenders: Sequence[TenderState]) -> str:
    """One word for all tenders: none, partial, paid, partially_refunded or refunded."""
    if all(tender.is_covered for tender in tenders):
        return "paid"
    if any(tender.refunded and not tender.is_covered for tender in tenders):
        everything_is_back = all(tender.is_given_back for tender in tenders)
        return "refunded" if everything_is_back else "partially_refunded"
    return "partial" if any(tender.captured for tender in tenders) else "none"
