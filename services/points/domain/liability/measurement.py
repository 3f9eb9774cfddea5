"""Layers measured at a cut-off, and what changed since the last close."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.money import split_by_weight
from services.points.domain.liability.breakage import Outlook
from services.points.domain.liability.layers import MOVES, Layer, LayerKey
from services.points.domain.liability.measured import Change, Measured
from services.points.domain.liability.recognition import MILLION, deferred_by, recognised
from services.points.domain.liability.terms import Terms


@dataclass(frozen=True)
class Step:
    """One layer over one period; ``estimated``: by history."""

    before: Measured
    after: Measured
    change: Change
    estimated: bool


@dataclass(frozen=True)
class Measure:
    """What is measured by. ``day`` is the cut-off."""

    terms: Terms
    outlook: Outlook
    day: date

    def worth_of(self, key: LayerKey) -> int:
        return self.terms.worth_of(key.unit, self._issue_day(key))

    def deferred_by(self, key: LayerKey, points: int) -> int:
        """New points, by the terms of their month of issue."""
        paid = self.terms.paid_for(key.unit, key.source, self._issue_day(key))
        return deferred_by(points, self.worth_of(key), self.outlook.rate_at_issue(key), paid)

    def _issue_day(self, key: LayerKey) -> date:
        return min(key.issued_in.last_day, self.day)


def measure(layers: Sequence[Layer], closed: Mapping[LayerKey, Measured], by: Measure) -> list[Step]:
    """Every layer of now or of the last close, in order of their keys."""
    there = {layer.key: layer for layer in layers}
    keys = sorted(there.keys() | closed.keys())
    pairs = [(there.get(key, Layer(key)), closed.get(key, Measured(key))) for key in keys]
    allocated = [_allocated(now, before, by) for now, before in pairs]
    brought = _brought(pairs, allocated, by)
    return [
        _step(now, before, fen + more, by) for (now, before), fen, more in zip(pairs, allocated, brought, strict=True)
    ]


def _allocated(now: Layer, before: Measured, by: Measure) -> int:
    """What was allocated before stays as it was; only late bookings can make less of what refunds and moves brought.
    What is new by a move is not allocated: it brings its own."""
    new = now.issued - before.issued
    if new < 0:
        return split_by_weight(before.allocated, [now.issued, -new])[0]
    if not new or now.key.source in MOVES:
        return before.allocated
    return before.allocated + by.deferred_by(now.key, new)


def _brought(pairs: Sequence[tuple[Layer, Measured]], allocated: Sequence[int], by: Measure) -> list[int]:
    """What the moved points took along is shared among those that came by moves, by what they are worth."""
    taken = sum(
        _measured(now, fen).parts[1] - before.parts[1] for (now, before), fen in zip(pairs, allocated, strict=True)
    )
    worth = [
        max(now.issued - before.issued, 0) * by.worth_of(now.key) if now.key.source in MOVES else 0
        for now, before in pairs
    ]
    return split_by_weight(max(taken, 0) if any(worth) else 0, worth)


def _measured(now: Layer, allocated: int, expected: int = 0, earned: int = 0) -> Measured:
    points = (now.issued, now.redeemed, now.moved, now.expired, now.undone)
    return Measured(now.key, *points, allocated, expected, earned)


def _step(now: Layer, before: Measured, allocated: int, by: Measure) -> Step:
    is_over, expected = by.outlook.is_over(now), by.outlook.expected(now)
    foreseen = _measured(now, allocated, _foreseen(now, before, by.outlook))
    after = _measured(now, allocated, expected, _earned(foreseen, expected, is_over))
    return Step(before, after, _change(before, foreseen, after, is_over), by.outlook.is_estimated(now))


def _foreseen(now: Layer, before: Measured, outlook: Outlook) -> int:
    """The expectation of the last close, or of the issue, for the points that are now."""
    if before.net > 0:
        return before.expected * now.net // before.net
    return now.net * outlook.rate_at_issue(now.key)


def _earned(of: Measured, expected: int, is_over: bool) -> int:
    return of.kept if is_over else recognised(of.kept, of.redeemed * MILLION, expected)


def _change(before: Measured, foreseen: Measured, after: Measured, is_over: bool) -> Change:
    redeemed = after.redeemed * MILLION
    there = redeemed + max(after.left, 0) * MILLION
    until_expiry = there + max(after.expired - before.expired, 0) * MILLION
    by_redemption = _earned(foreseen, _between(redeemed, foreseen.expected, until_expiry), False)
    by_expiry = _earned(foreseen, _between(redeemed, foreseen.expected, there), is_over)
    new, by_move = after.allocated - before.allocated, after.key.source in MOVES
    return Change(
        opening=before.deferred,
        deferred=0 if by_move else new,
        moved=(new if by_move else 0) - (after.parts[1] - before.parts[1]),
        undone=after.parts[2] - before.parts[2],
        redeemed=by_redemption - before.earned,
        expired=by_expiry - by_redemption,
        re_estimated=after.earned - by_expiry,
        closing=after.deferred,
    )


def _between(least: int, value: int, most: int) -> int:
    return min(max(value, least), most)
