"""What a carrier collected at a door, and what it has paid over of it. Pure."""

from dataclasses import dataclass

UNKNOWN = "unknown"  # paid over for a parcel that we do not know
NOT_COLLECTED = "not_collected"  # paid over for a parcel at whose door it said that it collected nothing
MISSING = "missing"  # it said that it collected, and has paid nothing over in time
AMOUNT_DIFFERS = "amount_differs"  # it has paid over less than it said, or more, also by paying twice


@dataclass(frozen=True)
class Claim:
    """Fen of one parcel: what its carrier ``said`` that it collected, what it has ``remitted``, and what persons have
    settled ``by_hand``: what was written off, less what was explained that it paid too much."""

    is_known: bool
    said_fen: int
    remitted_fen: int
    by_hand_fen: int

    @property
    def missing_fen(self) -> int:
        """Negative if it has paid too much."""
        return self.said_fen - self.remitted_fen - self.by_hand_fen

    def difference(self, is_due: bool) -> str | None:
        """What is wrong with it now. Until it ``is_due`` nothing is wrong with a parcel for which nothing was paid."""
        if not self.missing_fen:
            return None
        if not self.is_known:
            return UNKNOWN
        if self.remitted_fen and not self.said_fen:
            return NOT_COLLECTED
        if self.remitted_fen or self.by_hand_fen:
            return AMOUNT_DIFFERS
        return MISSING if is_due else None
