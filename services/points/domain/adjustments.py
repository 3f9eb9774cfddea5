"""Adjustments by two persons: what is wrong with their lines, and what each line does to its wallet."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.chassis.transitions import Transitions
from services.points.domain.buckets import Share, draw
from services.points.domain.chart import GENERAL_POOL
from services.points.domain.debts import repay

REQUESTED, POSTED, REJECTED = "requested", "posted", "rejected"

# Approved is posted: it is one transaction.
ADJUSTMENT = Transitions(
    name="adjustment",
    initial=REQUESTED,
    table={REQUESTED: {"approve": POSTED, "reject": REJECTED}, POSTED: {}, REJECTED: {}},
)


class Line(NamedTuple):
    """``points`` > 0 come to the member, < 0 are taken."""

    line: int
    member_id: str
    points: int


class Sums(NamedTuple):
    """``lines`` is how many; ``added`` and ``taken`` are points."""

    lines: int
    added: int
    taken: int


class WrongLine(NamedTuple):
    """``why``: account_unknown, twice (the member has a line before), nothing (zero points)."""

    line: int
    why: str


@dataclass(frozen=True)
class Adjusted:
    """Shares that come to and leave the wallet; ``repaid`` of what came went to what the member owed."""

    came: Sequence[Share] = ()
    went: Sequence[Share] = ()
    repaid: int = 0


def numbered(lines: Sequence[tuple[str, int]]) -> list[Line]:
    """(member, points) as lines; the first is line 1."""
    return [Line(place, member_id, points) for place, (member_id, points) in enumerate(lines, start=1)]


def sums_of(lines: Sequence[Line]) -> Sums:
    added = sum(line.points for line in lines if line.points > 0)
    return Sums(len(lines), added, added - sum(line.points for line in lines))


def wrong_lines(lines: Sequence[Line], without_account: Collection[str]) -> list[WrongLine]:
    """All of them, in order."""
    wrong, seen = [], Counter[str]()
    for line in lines:
        seen[line.member_id] += 1
        if line.points == 0:
            wrong.append(WrongLine(line.line, "nothing"))
        elif line.member_id in without_account:
            wrong.append(WrongLine(line.line, "account_unknown"))
        elif seen[line.member_id] > 1:
            wrong.append(WrongLine(line.line, "twice"))
    return wrong


def adjust(points: int, free: Sequence[Share], owed: int, last_day: date) -> Adjusted:
    """What comes lives until ``last_day`` and repays debts first; what goes is taken of ``free``, earliest expiring
    first. Raises NotEnough."""
    if points < 0:
        return Adjusted(went=draw(free, -points))
    came = repay([Share(GENERAL_POOL, last_day, points)], owed)
    return Adjusted(came=came.kept, repaid=came.repaid)
