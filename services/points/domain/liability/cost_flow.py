"""Which points left: movements by pool and expiry day spread over the layers there (see the package)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.chassis.money import split_by_weight
from services.points.domain.liability.breakage import RunOff
from services.points.domain.liability.layers import EXPIRED, MOVED, MOVES, REDEEMED, UNDONE, Layer, LayerKey, Movement
from services.points.domain.liability.months import Month

LEAVING = (REDEEMED, MOVED, UNDONE, EXPIRED)  # in this order within a month: only what is left can expire
# What a kind of journal takes away is this; what it brings are new points, except that refunds undo redemptions.
TAKES = {
    "accrual": UNDONE,
    "top_up": UNDONE,
    "adjustment": UNDONE,
    "clawback": UNDONE,
    "gift": MOVED,
    "release": MOVED,
    "exchange": MOVED,
    "capture": REDEEMED,
    "refund": REDEEMED,
    "expiry": EXPIRED,
}
GIVES_BACK = ("capture", "refund")
REFUND = "refund"


@dataclass
class Flow:
    """``unplaced``: points per unit that left before any came, by back-dated bookings; the layers lack them."""

    layers: list[Layer]
    unplaced: dict[str, int]
    run_off: RunOff


@dataclass
class _Pot:
    """The points of one unit, pool and expiry day, month by month."""

    unit: str
    pool: int
    expires_on: date
    layers: dict[LayerKey, Layer] = field(default_factory=dict)  # in order of their keys
    waiting: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LEAVING, 0))

    def pass_month(self, month: Month, movements: Sequence[Movement]) -> None:
        for each in _netted(movements):
            taken = TAKES[each.kind]
            self.waiting[taken] += each.went
            if each.kind in GIVES_BACK:
                self.waiting[REDEEMED] -= each.came
            elif each.came:
                self._issue(month, each.source if each.kind == "accrual" and each.source else each.kind, each.came)
        if self.waiting[REDEEMED] < 0:
            self._give_back(month)
        for what in LEAVING:
            self._take(what)

    def _issue(self, month: Month, source: str, points: int) -> None:
        key = LayerKey(self.unit, self.pool, self.expires_on, month, source)
        if key not in self.layers:
            self.layers[key] = Layer(key)
            self.layers = dict(sorted(self.layers.items()))
        self.layers[key].issued += points

    def _give_back(self, month: Month) -> None:
        """What nobody redeemed here was refunded into a bucket of its own, as its first one had expired."""
        layers = self.layers.values()
        points, self.waiting[REDEEMED] = -self.waiting[REDEEMED], 0
        here = min(points, sum(layer.redeemed for layer in layers))
        for layer, part in zip(layers, split_by_weight(here, [each.redeemed for each in layers]), strict=True):
            layer.redeemed -= part
        if points > here:
            self._issue(month, REFUND, points - here)

    def _take(self, what: str) -> None:
        """What is not there waits: back-dated bookings may take points before they came."""
        if not self.waiting[what]:
            return
        layers = self.layers.values()
        here = min(self.waiting[what], sum(layer.left for layer in layers))
        self.waiting[what] -= here
        for layer, part in zip(layers, split_by_weight(here, [each.left for each in layers]), strict=True):
            layer.take(what, part)


def replay(movements: Iterable[Movement], observed: Month) -> Flow:
    """All movements there ever were, in any order. The run-off is watched up to the month ``observed``, a whole one.

    Raises KeyError for a kind of journal that is not known to move points.
    """
    pots: dict[tuple[str, int, date], list[Movement]] = defaultdict(list)
    for each in movements:
        pots[each.unit, each.pool, each.expires_on].append(each)
    layers: list[Layer] = []
    run_off, unplaced = RunOff(), defaultdict[str, int](int)
    for place, moved in sorted(pots.items()):
        pot = _Pot(*place)
        _run(pot, moved, observed, run_off)
        layers += pot.layers.values()
        unplaced[pot.unit] += sum(pot.waiting.values())
    return Flow(layers, dict(unplaced), run_off)


def _run(pot: _Pot, movements: Sequence[Movement], observed: Month, run_off: RunOff) -> None:
    months: dict[Month, list[Movement]] = defaultdict(list)
    for each in movements:
        months[each.month].append(each)
    watched = min(observed, Month.of(pot.expires_on))
    for index in range(min(months).index, max(*months, watched).index + 1):
        month = Month(index)
        before = {key: (layer.used, layer.expired) for key, layer in pot.layers.items()}
        if month in months:
            pot.pass_month(month, months[month])
        if month <= watched:
            for key, layer in pot.layers.items():
                _observe(run_off, month, layer, *before.get(key, (0, 0)))


def _observe(run_off: RunOff, month: Month, layer: Layer, used: int, expired: int) -> None:
    """``used`` and ``expired`` before that month: expiry comes at its very end, so all the rest was at risk in it."""
    run_off.observe(layer.key, month, layer.issued - layer.undone - used - expired, layer.used - used)


def _netted(movements: Sequence[Movement]) -> list[Movement]:
    """Moves as what they changed in all: within one expiry day they change nothing. The rest as it is."""
    changed: dict[str, int] = defaultdict(int)
    for each in movements:
        if each.kind in MOVES:
            changed[each.kind] += each.came - each.went
    plain = [each for each in movements if each.kind not in MOVES]
    if not changed:
        return plain
    first = movements[0]
    net = [
        Movement(first.unit, first.pool, first.expires_on, first.month, kind, None, max(points, 0), max(-points, 0))
        for kind, points in sorted(changed.items())
    ]
    return plain + net
