"""Tiers: which one a number of qualifying points earns."""

from collections.abc import Mapping

RANKS = ("registered", "blue", "gold", "red")  # lowest first
LOWEST = RANKS[0]


def tier_earned(points: int, thresholds: Mapping[str, int]) -> str:
    """The highest tier whose threshold ``points`` reach; a tier without a rule in force cannot be earned."""
    reached = [tier for tier in RANKS if tier in thresholds and thresholds[tier] <= points]
    return reached[-1] if reached else LOWEST


def tier_after(current: str, points: int, thresholds: Mapping[str, int]) -> str:
    """Points raise a tier and never lower it: going down is a matter of a qualification period, not of a posting."""
    return max(current, tier_earned(points, thresholds), key=RANKS.index)
