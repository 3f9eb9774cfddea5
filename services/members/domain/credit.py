"""What a member's trades say of them, and whether cash on delivery is offered. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

GOOD, BAD = "good", "bad"
VIP_TIER, ENOUGH_GOOD_TRADES = "vip_tier", "enough_good_trades"
NOT_ACTIVE, TOO_MANY_BAD_TRADES, TOO_FEW_GOOD_TRADES = "member_not_active", "too_many_bad_trades", "too_few_good_trades"


@dataclass(frozen=True)
class CreditPolicy:
    """Who is a VIP by tier; the good trades that others need; how many of 1,000 trades may be bad; the days that
    count; and how many orders, and how many fen, may be promised in cash at a time."""

    vip_tiers: frozenset[str]
    good_trades_needed: int
    bad_per_mille: int
    window_days: int
    most_open_orders: int
    most_open_fen: int

    def counted_from(self, now: datetime) -> datetime:
        return now - timedelta(days=self.window_days)


@dataclass(frozen=True)
class TradeFact:
    """How an order of the member ended, or what came out of it later."""

    order_id: str
    verdict: str


@dataclass(frozen=True)
class Trades:
    good: int
    bad: int

    @property
    def score(self) -> int:
        """0 to 100: the share of good trades, with one good and one bad one added, so that few say little."""
        return 100 * (self.good + 1) // (self.good + self.bad + 2)

    def are_good_enough(self, bad_per_mille: int) -> bool:
        return 1000 * self.bad <= bad_per_mille * (self.good + self.bad)


@dataclass(frozen=True)
class Decision:
    """``reasons`` are why it is offered, or else all that stands against it."""

    is_offered: bool
    reasons: tuple[str, ...]


def fold_trades(facts: Iterable[TradeFact]) -> Trades:
    """Over the set of facts, in whatever order and however often they came: an order counts once, and as bad if
    anything bad is known of it."""
    told = set(facts)
    bad = {fact.order_id for fact in told if fact.verdict == BAD}
    return Trades(good=len({fact.order_id for fact in told} - bad), bad=len(bad))


def decide(policy: CreditPolicy, state: str, tier: str, trades: Trades) -> Decision:
    """Good standing is asked of everybody, a VIP's tier stands in for the number of good trades."""
    is_vip, is_proven = tier in policy.vip_tiers, trades.good >= policy.good_trades_needed
    against = {
        NOT_ACTIVE: state != "active",
        TOO_MANY_BAD_TRADES: not trades.are_good_enough(policy.bad_per_mille),
        TOO_FEW_GOOD_TRADES: not is_vip and not is_proven,
    }
    if any(against.values()):
        return Decision(False, tuple(reason for reason, holds in against.items() if holds))
    speaking_for = {VIP_TIER: is_vip, ENOUGH_GOOD_TRADES: is_proven}
    return Decision(True, tuple(reason for reason, holds in speaking_for.items() if holds))
