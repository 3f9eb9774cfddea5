"""A stock count: its life, and the difference that it finds."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.persons import is_same_person
from services.chassis.transitions import Transitions

COUNTING, SUBMITTED, POSTED, CANCELLED = "counting", "submitted", "posted", "cancelled"
COUNT = Transitions(
    "count",
    COUNTING,
    {
        COUNTING: {"submit": SUBMITTED, "post": POSTED, "cancel": CANCELLED},
        SUBMITTED: {"approve": POSTED, "cancel": CANCELLED},
        POSTED: {},
        CANCELLED: {},
    },
)


@dataclass(frozen=True)
class CountLine:
    """``expected`` were there by the books at the moment of counting, so that what moves before or after does not
    matter; ``at_start`` when the count was opened."""

    element_id: str
    at_start: int
    expected: int | None = None
    counted: int | None = None
    counted_by: str | None = None

    @property
    def difference(self) -> int:
        return 0 if self.counted is None or self.expected is None else self.counted - self.expected


def uncounted(lines: Sequence[CountLine]) -> list[str]:
    return [line.element_id for line in lines if line.counted is None]


def units_off(lines: Sequence[CountLine]) -> int:
    """Too many and too few do not make up for each other."""
    return sum(abs(line.difference) for line in lines)


def took_part(actor: str, submitted_by: str, lines: Sequence[CountLine]) -> bool:
    """Whether the actor, through whatever door, counted or submitted."""
    return any(is_same_person(actor, one) for one in {submitted_by, *(line.counted_by or "" for line in lines)})
