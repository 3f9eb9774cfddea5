"""Points taken back that were not there any more: what a member owes, and how it is repaid."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.points.domain.buckets import Share, draw, draw_up_to, less, merged, overlap, total

WITHIN_BALANCE, AS_DEBT = "within_balance", "debt"  # what becomes of the part that is not there any more


@dataclass(frozen=True)
class Repayment:
    """What came in: ``kept`` goes to the wallet, ``repaid`` points to what the member owes."""

    kept: list[Share]
    repaid: int


def repay(received: Sequence[Share], owed: int) -> Repayment:
    """Debts come first, out of what expires earliest: the member keeps what lives longest."""
    repaid = min(owed, total(received))
    return Repayment(less(received, draw(received, repaid)), repaid)


def draw_back(free: Sequence[Share], earned: Sequence[Share], points: int) -> list[Share]:
    """At most ``points`` of ``free``: first where the earning went to, then earliest expiring."""
    own = draw_up_to(overlap(free, earned), points)
    rest = draw_up_to(less(free, own), points - total(own))
    return merged([*own, *rest])
