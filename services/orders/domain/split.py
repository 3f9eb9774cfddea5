"""The best way to pay for a basket with what a member has: for each piece one of the ways in which it may be paid.

Exact over the Pareto front of what the pieces may cost together. A basket of very many pieces would take too long for
that; then only the most promising part of the front is followed, and the split says that there may be a better one.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import add
from typing import Any

SPARED_FIRST = ("cash", "coins", "points")  # least cash, then least coins, then fewest points
UNITS = {"points": "points", "coins": "coins", "cash": "cash_fen"}
MOST_STEPS = 100_000  # some tenths of a second

Cost = tuple[int, ...]  # of points, coins, fen
Trail = tuple[Any, ...]  # (trail before, place of the line, price id), or nothing
Front = dict[Cost, Trail]


@dataclass(frozen=True)
class Wish:
    """``ways`` are (price id, what a piece costs so)."""

    sku_id: str
    quantity: int
    ways: tuple[tuple[str, Cost], ...]


@dataclass(frozen=True)
class Split:
    """A basket that costs the least; ``is_best`` False: there may be one that costs less."""

    lines: list[dict[str, Any]]
    points: int
    coins: int
    cash_fen: int
    is_best: bool


def wish_of(line: Mapping[str, Any]) -> Wish:
    """Of a quoted line with its choices."""
    ways = tuple((way["price_id"], tuple(way[unit] for unit in UNITS.values())) for way in line["choices"])
    return Wish(line["sku_id"], line["quantity"], ways)


def best_split(
    wishes: Sequence[Wish], points: int, coins: int, spared_first: Sequence[str] = SPARED_FIRST
) -> Split | None:
    """Of all ways to pay with at most so many points and coins the one that spares what is to be spared first; None if
    there is none. Cash has no end."""
    pieces = [(place, wish.ways) for place, wish in enumerate(wishes) for _ in range(wish.quantity)]
    widest = MOST_STEPS // max(1, sum(len(ways) for _, ways in pieces))
    sparing = [tuple(UNITS).index(unit) for unit in spared_first]
    front: Front = {(0, 0, 0): ()}
    is_best, needs = True, _needs(pieces)
    for (place, ways), (points_needed, coins_needed) in zip(pieces, needs, strict=True):
        grown = _grown(front, place, ways, (points - points_needed, coins - coins_needed))
        front = _not_dominated(grown)
        if len(front) > widest:
            is_best, front = False, _most_promising(front, sparing, widest)
    return _split(wishes, front, sparing, is_best) if front else None


def _needs(pieces: Sequence[tuple[int, Sequence[tuple[str, Cost]]]]) -> list[tuple[int, int]]:
    """After each piece: the fewest points and the fewest coins that those which follow take."""
    needs, points, coins = [], 0, 0
    for _, ways in reversed(pieces):
        needs.append((points, coins))
        points += min((cost[0] for _, cost in ways), default=0)
        coins += min((cost[1] for _, cost in ways), default=0)
    return needs[::-1]


def _grown(front: Front, place: int, ways: Iterable[tuple[str, Cost]], most: tuple[int, int]) -> Front:
    """With one more piece, in each of its ways; the first trail to a cost stays."""
    grown: Front = {}
    for before, trail in front.items():
        for price_id, cost in ways:
            total = tuple(map(add, before, cost))
            if total[0] <= most[0] and total[1] <= most[1] and total not in grown:
                grown[total] = (trail, place, price_id)
    return grown


def _not_dominated(front: Front) -> Front:
    """Without costs that are as high as another one in everything. Points rise along the way, so the coins and fen
    of those that were kept are a stair: more coins, less cash."""
    kept: Front = {}
    coins: list[int] = []
    fen: list[int] = []
    for cost in sorted(front):
        below = bisect_right(coins, cost[1])
        if below and fen[below - 1] <= cost[2]:
            continue
        first = bisect_left(coins, cost[1])
        last = first
        while last < len(coins) and fen[last] >= cost[2]:
            last += 1
        coins[first:last], fen[first:last] = [cost[1]], [cost[2]]
        kept[cost] = front[cost]
    return kept


def _most_promising(front: Front, sparing: Sequence[int], widest: int) -> Front:
    """The best by each of the sparing's rotations, so that what is scarce is not all spent."""
    share = max(1, widest // len(sparing))
    orders = [[*sparing[turn:], *sparing[:turn]] for turn in range(len(sparing))]
    found = {cost for order in orders for cost in sorted(front, key=lambda cost: [cost[u] for u in order])[:share]}
    return {cost: front[cost] for cost in sorted(found)}


def _split(wishes: Sequence[Wish], front: Front, sparing: Sequence[int], is_best: bool) -> Split:
    cost = min(front, key=lambda cost: [cost[unit] for unit in sparing])
    chosen, trail = Counter[tuple[int, str]](), front[cost]
    while trail:
        trail, place, price_id = trail
        chosen[place, price_id] += 1
    lines = [
        {"sku_id": wish.sku_id, "price_id": price_id, "quantity": chosen[place, price_id]}
        for place, wish in enumerate(wishes)
        for price_id, _ in wish.ways
        if chosen[place, price_id]
    ]
    return Split(lines, cost[0], cost[1], cost[2], is_best)
