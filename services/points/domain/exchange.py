"""What an amount of one unit costs in another. Whole numbers only; what does not come out even falls to the member."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.points.domain.buckets import Share, merged

KEEP, POLICY = "keep", "policy"  # until when lives what was exchanged: as long as what was given, or as a policy says


@dataclass(frozen=True)
class Rate:
    """``give`` of one unit for ``get`` of another."""

    give: int
    get: int


def cost(rate: Rate, wanted: int) -> int:
    """The least that buys ``wanted``: rounded up."""
    return -(-wanted * rate.give // rate.get)


def bought(rate: Rate, given: int) -> int:
    """The most that ``given`` buys: rounded down."""
    return given * rate.get // rate.give


def gains_by_return(there: Rate, back: Rate) -> bool:
    """Whether who goes there and back has more than before, were there no rounding."""
    return there.get * back.get > there.give * back.give


def carried(rate: Rate, given: Sequence[Share], wanted: int) -> list[Share]:
    """``wanted`` bought with ``given``, each in the pool and with the last day of the first point that pays for it.

    So an exchange prolongs no life: what is bought with points that expire soon expires as soon.
    """
    shares, paid, before = [], 0, 0
    for share in sorted(given, key=lambda one: (one.expires_on, one.pool)):
        paid += share.points
        reached = min(wanted, -(-paid * rate.get // rate.give))
        if reached > before:
            shares.append(replace(share, points=reached - before))
            before = reached
    return merged(shares)
