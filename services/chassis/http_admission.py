"""Whether one more HTTP request is let in. What would be answered too late is better sent away at once: its work would
be done for nobody, and everybody else would wait for it.

How long an answer would take is learnt from the ones before: how long each took, divided by how many answers went out
meanwhile, its own among them. When more is asked for than can be served that is the time from one answer to the next,
and so many times that as there are requests inside is how long a new one will take. A partner who is slow does not
count for those who do not need it: many answers go out while one waits for the partner.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

FEW = 16  # so many come in however long it takes: where nothing is answered nothing is learnt
WEIGHT = 0.1  # of one answer in the pace


@dataclass(frozen=True)
class Entered:
    at: float
    inside: int
    answered: int


class Admission:
    """``most`` may be inside at once; ``answer_s``: who would wait longer than that is not let in."""

    def __init__(self, most: int, answer_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._answer_s, self._clock = most, answer_s, clock
        self.inside = 0
        self.answered = 0
        self.pace_s = 0.0

    def reason_against(self) -> str | None:
        """A word for the metrics; None: come in."""
        if self.inside >= self._most:
            return "line_full"
        if self.inside >= FEW and (self.inside + 1) * self.pace_s > self._answer_s:
            return "too_slow"
        return None

    def enter(self) -> Entered:
        self.inside += 1
        return Entered(self._clock(), self.inside, self.answered)

    def leave(self, entered: Entered) -> None:
        """When it is answered. The first ones of a crowd tell nothing: whether the others have to wait for each other
        or are served all at once is not seen yet."""
        self.inside -= 1
        self.answered += 1
        if entered.inside < FEW <= self.inside:
            return
        pace_s = (self._clock() - entered.at) / (self.answered - entered.answered)
        self.pace_s += WEIGHT * (pace_s - self.pace_s)
