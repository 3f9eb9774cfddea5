"""Few parcels from near places: which of them send what of a basket."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from services.catalog.contract import ALLOCATION_STRATEGIES

FEWEST_PARCELS, LEAST_COST = ALLOCATION_STRATEGIES
MOST_GROUPS = 5_000  # of places of one size that are tried; beyond, the places that have the most go first

Free = Mapping[tuple[str, str], int]  # by place and element


@dataclass(frozen=True, order=True)
class Portion:
    """``quantity`` units of one element in one place."""

    element_id: str
    place_id: str
    quantity: int


@dataclass(frozen=True)
class Level:
    """What one place can still promise of an element; levels are listed in the order of use. ``owed``: units of the
    element, wherever they lie, that were sold before they were there."""

    element_id: str
    place_id: str
    free: int
    owed: int = 0


@dataclass(frozen=True)
class Site:
    """A place that may serve an order, so many kilometres away. At its own counter the buyer picks up: no parcel."""

    place_id: str
    km: int
    priority: int
    is_counter: bool = False


@dataclass(frozen=True)
class Weights:
    """What a parcel, a kilometre, a step of priority and a percent of what a place has cost, in one measure.

    ``fewest_parcels``: cost decides between as many parcels; ``least_cost``: a parcel is a cost like the others.
    """

    strategy: str
    parcel: int
    distance: int
    priority: int
    stock: int

    def of_site(self, site: Site) -> int:
        return 0 if site.is_counter else self.distance * site.km + self.priority * site.priority


@dataclass(frozen=True, order=True)
class Plan:
    """The least one is the best one, and of two equal ones always the same."""

    rank: tuple[int, int]
    portions: tuple[Portion, ...]


def in_few_parcels(
    wanted: Mapping[str, int], levels: Iterable[Level], sites: Sequence[Site], weights: Weights
) -> Sequence[Portion]:
    """All of ``wanted`` (units by element), which the sites have together."""
    free = {(level.place_id, level.element_id): level.free for level in levels if level.free > 0}
    useful = [site for site in sites if any((site.place_id, element_id) in free for element_id in wanted)]
    by_cost = sorted(useful, key=lambda site: (not site.is_counter, weights.of_site(site), site.place_id))
    best = None
    for group in _groups(by_cost):
        if best and weights.strategy == FEWEST_PARCELS and _parcels(group) > best.rank[0]:
            break
        plan = _plan(wanted, free, group, weights)
        best = min(filter(None, (best, plan)), default=None)
    best = best or _plan(wanted, free, _those_that_have_most(wanted, free, by_cost), weights)
    return best.portions if best else ()


def _groups(sites: Sequence[Site]) -> Iterator[list[Site]]:
    """The counter, if there is one, with every few of the others: fewer first."""
    counters = [site for site in sites if site.is_counter]
    senders = [site for site in sites if not site.is_counter]
    for how_many in range(len(senders) + 1):
        if comb(len(senders), how_many) > MOST_GROUPS:
            return
        for group in combinations(senders, how_many):
            yield [*counters, *group]


def _plan(wanted: Mapping[str, int], free: Free, group: Sequence[Site], weights: Weights) -> Plan | None:
    """What these sites send, the cheaper ones first; None if together they have too little."""
    portions = []
    for element_id, units in wanted.items():
        for site in group:
            if taken := min(units, free.get((site.place_id, element_id), 0)):
                portions.append(Portion(element_id, site.place_id, taken))
                units -= taken
        if units:
            return None
    return Plan(_rank(portions, free, group, weights), tuple(sorted(portions)))


def _rank(portions: Sequence[Portion], free: Free, group: Sequence[Site], weights: Weights) -> tuple[int, int]:
    sending = {portion.place_id for portion in portions}
    used = [site for site in group if site.place_id in sending]
    drawn = sum(100 * portion.quantity // free[portion.place_id, portion.element_id] for portion in portions)
    cost = sum(map(weights.of_site, used)) + weights.stock * drawn
    parcels = _parcels(used)
    return (parcels, cost) if weights.strategy == FEWEST_PARCELS else (weights.parcel * parcels + cost, parcels)


def _parcels(sites: Iterable[Site]) -> int:
    return sum(not site.is_counter for site in sites)


def _those_that_have_most(wanted: Mapping[str, int], free: Free, sites: Sequence[Site]) -> list[Site]:
    """One by one whoever has the most of what is still missing, the cheaper one first."""
    missing, left, chosen = dict(wanted), list(sites), []
    while left and any(missing.values()):
        site = max(
            left, key=lambda one: sum(min(units, free.get((one.place_id, e), 0)) for e, units in missing.items())
        )
        left.remove(site)
        chosen.append(site)
        missing = {e: max(0, units - free.get((site.place_id, e), 0)) for e, units in missing.items()}
    return [site for site in sites if site in chosen]
