"""One thing goes wrong, once: whatever can is asked for, under a name that says where it is."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from greenlet import getcurrent

from services.orders.domain.order_status import ORDER
from services.orders.usecases import drive_orders, move_order

# How the simulation tells of what fails before it has had its effect, and of what fails after it.
BEFORE = ("request is lost", "is not reached", " dies before its commit")
AFTER = ("reply is lost", "answer is lost", " dies after its commit")
DIES = " dies "
LATE = "order.confirmed.v1 is late for {}."
HOLDS, GIVES_BACK = ("catalog.reserve_stock", "points.hold_points"), "the provider"
MOST_OF_A_KIND = 3  # of questions that are asked again and again


@dataclass(frozen=True)
class Failing:
    """What could fail: ``what`` happens, for the ``number``-th time, in an errand of ``step`` (None: in none)."""

    step: tuple[str, bool] | None
    what: str
    number: int

    def __str__(self) -> str:
        where = f"{self.step[0]}{' back' if self.step[1] else ''}: " if self.step else ""
        return f"{where}{self.what} ({self.number})"

    @property
    def when(self) -> str:
        return "before" if self.what.endswith(BEFORE) else "after"

    @property
    def aspect(self) -> tuple[Any, ...]:
        """Of an errand all that can fail before its effect is one, and all that can fail after it; else each call is,
        and each hold."""
        return (self.step, self.when) if self.step else (self.what, self.number if self.what.startswith(HOLDS) else 0)

    @property
    def matters_everywhere(self) -> bool:
        """What is a step's, holds something or gives it back."""
        return self.step is not None or self.what.startswith((*HOLDS, GIVES_BACK))


@dataclass
class FailsOnce:
    """A chance in which all goes well, but for one thing: the first that is named in ``fails``, or the ``fails_at``-th
    of all that could go wrong. ``asked`` is all that could have while it was ``armed``. Crashes count in the errands of
    steps alone: elsewhere the small cases of the simulation go through them. Who is ``late`` hears twenty minutes late
    of what is confirmed."""

    fails: frozenset[str] = frozenset()
    fails_at: int | None = None
    late: str | None = None
    armed: bool = True
    failed: Failing | None = None
    asked: list[Failing] = field(default_factory=list)
    errand: Callable[[], tuple[str, bool] | None] = lambda: None
    on_fault: Callable[[int, str], None] = lambda number, what: None
    _counted: Counter[Any] = field(default_factory=Counter)
    _is_late: bool = False

    def pick(self, options: int) -> int:
        return 0

    def happens(self, odds: float) -> bool:
        return False

    def between(self, least: float, most: float) -> float:
        was_late, self._is_late = self._is_late, False
        return most if was_late else least

    def fault(self, what: str, odds: float) -> bool:
        if self.late and what.startswith(LATE.format(self.late)):
            self._is_late = True
            return True
        step = self.errand()
        is_meant = what.endswith((*BEFORE, *AFTER)) and (step is not None or DIES not in what)
        return self.armed and is_meant and self._fails_now(step, what)

    def _fails_now(self, step: tuple[str, bool] | None, what: str) -> bool:
        self._counted[step, what] += 1
        failing = Failing(step, what, self._counted[step, what])
        if failing.number <= MOST_OF_A_KIND:
            self.asked.append(failing)
        is_this_one = str(failing) in self.fails or len(self.asked) == self.fails_at
        if self.failed or not is_this_one:
            return False
        self.failed = failing
        self.on_fault(1, str(failing))
        return True


@dataclass
class Notes:
    """Which errand is run by whoever asks, and which moments an order has come to while it went on: each change of its
    plan is one."""

    chance: FailsOnce
    moments: list[str] = field(default_factory=list)
    on_moment: Callable[[str, str], None] = lambda moment, order_id: None
    _running: dict[Any, tuple[str, bool]] = field(default_factory=dict)

    def note(self, moment: str, order_id: str) -> None:
        if moment not in self.moments:
            self.moments.append(moment)
            self.on_moment(moment, order_id)

    @contextmanager
    def taken(self) -> Iterator[None]:
        run, update = drive_orders.run_errand, move_order.update_order

        def run_errand(works: Any, order_id: str, errand: move_order.Errand) -> None:
            self._running[getcurrent()] = (errand.step, errand.is_back)
            try:
                run(works, order_id, errand)
            finally:
                del self._running[getcurrent()]

        def update_order(work: Any, order: sa.Row, **values: Any) -> sa.Row:
            changed = update(work, order, **values)
            if not ORDER.is_end(changed.status):
                self.note(moment_of(changed), order.order_id)
            return changed

        self.chance.errand = lambda: self._running.get(getcurrent())
        with (
            patch.object(drive_orders, "run_errand", run_errand),
            patch.object(move_order, "update_order", update_order),
        ):
            yield


def moment_of(order: sa.Row) -> str:
    """An order's status, and what is being done about it."""
    doing = [step["step"] for step in order.plan if step["state"] in ("doing", "undoing")]
    return f"{order.status}: {', '.join(doing)}"
