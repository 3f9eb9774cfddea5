"""The plan of one order: its steps, and how far each of them is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.chassis.transitions import Transitions
from services.orders.domain.flows.flow import PIVOT, Sequence

STEP = Transitions(
    name="step",
    initial="waiting",
    table={
        "waiting": {"begin": "doing"},
        "doing": {"find_done": "done", "turn_back": "undoing"},
        "done": {"turn_back": "undoing"},
        "undoing": {"take_back": "undone", "go_on": "doing"},
        "undone": {"go_on": "waiting"},
    },
)
BEGUN = ("doing", "done", "undoing")


@dataclass(frozen=True)
class PlannedStep:
    """``since``: when it came into its state; ``due_at``: when somebody is asked (again); ``tries``: how often that was
    done in this state; ``stuck_at``: when it has taken so long that somebody must look."""

    name: str
    after: tuple[str, ...]
    state: str = STEP.initial
    since: datetime | None = None
    due_at: datetime | None = None
    stuck_at: datetime | None = None
    tries: int = 0
    problem: str | None = None

    def moved(self, event: str, now: datetime, **values: Any) -> "PlannedStep":
        state = STEP.next(self.state, event)
        return PlannedStep(self.name, self.after, state, since=now, **values)

    def is_stuck(self, now: datetime) -> bool:
        return self.state in ("doing", "undoing") and self.stuck_at is not None and now >= self.stuck_at


@dataclass(frozen=True)
class Plan:
    """Steps in an order that keeps what each of them comes after."""

    steps: tuple[PlannedStep, ...]

    @staticmethod
    def of(sequence: Sequence) -> "Plan":
        return Plan(tuple(PlannedStep(name, after) for name, after in sequence.items()))

    def __iter__(self) -> Iterator[PlannedStep]:
        return iter(self.steps)

    def __getitem__(self, name: str) -> PlannedStep:
        return next(step for step in self.steps if step.name == name)

    def __contains__(self, name: str) -> bool:
        return any(step.name == name for step in self.steps)

    def put(self, changed: PlannedStep) -> "Plan":
        return Plan(tuple(changed if step.name == changed.name else step for step in self.steps))

    def noted(self, name: str, **values: Any) -> "Plan":
        return self.put(replace(self[name], **values))

    def moved(self, name: str, event: str, now: datetime, **values: Any) -> "Plan":
        return self.put(self[name].moved(event, now, **values))

    def each_moved(self, states: Mapping[str, str], now: datetime) -> "Plan":
        """Every step that is in one of ``states``, by the event named there."""
        steps = (step.moved(states[step.state], now) if step.state in states else step for step in self.steps)
        return Plan(tuple(steps))

    @property
    def is_past_pivot(self) -> bool:
        return PIVOT in self and self[PIVOT].state == "done"

    @property
    def is_done(self) -> bool:
        return all(step.state == "done" for step in self.steps)

    @property
    def reached(self) -> list[PlannedStep]:
        """Those whose turn it is: not done, and everything that they come after is."""
        done = {step.name for step in self.steps if step.state == "done"}
        return [step for step in self.steps if step.state != "done" and done.issuperset(step.after)]

    @property
    def begun(self) -> list[PlannedStep]:
        """Those of which something may be there, what came last first."""
        return [step for step in reversed(self.steps) if step.state in BEGUN]
