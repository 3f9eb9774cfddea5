"""How many short messages may be under way: fewer when the message centre says "too fast", more as it copes."""

from dataclasses import dataclass, field

SHORTEST_REST_S, LONGEST_REST_S = 0.5, 30.0


@dataclass
class Pace:
    """Additive increase, halving and a growing rest on throttling. Times are monotonic seconds."""

    most: int
    window: float = field(init=False)
    rest_s: float = SHORTEST_REST_S
    resting_until: float = 0.0

    def __post_init__(self) -> None:
        self.window = float(self.most)

    def room(self, under_way: int, now: float) -> int:
        """How many more messages may be submitted now."""
        return 0 if now < self.resting_until else max(int(self.window) - under_way, 0)

    def accepted(self, now: float) -> None:
        self.window = min(self.window + 1 / self.window, float(self.most))
        if now >= self.resting_until:
            self.rest_s = SHORTEST_REST_S

    def throttled(self, now: float) -> None:
        if now < self.resting_until:  # the same burst: one rest is enough
            return
        self.window = max(self.window / 2, 1.0)
        self.resting_until = now + self.rest_s
        self.rest_s = min(self.rest_s * 2, LONGEST_REST_S)
