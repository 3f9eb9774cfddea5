"""What comes to a locked wallet and what leaves it, for the use cases that say why and book the other side."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import NotEnough, Share, draw, less, revive, spendable, total
from services.points.domain.changes import Change, changed, together
from services.points.domain.debts import repay
from services.points.storage import buckets, rules
from services.points.storage.debts import debt_legs
from services.points.storage.entries import Leg, legs_of
from services.points.storage.locks import Wallet
from services.points.storage.wallets import Balance, change_wallet


@dataclass(frozen=True)
class Received:
    """``repaid`` of it went to what the member owed. ``legs`` are for the journal."""

    repaid: int
    balance: Balance
    legs: list[Leg]


@dataclass(frozen=True)
class Given:
    shares: list[Share]
    balance: Balance
    legs: list[Leg]


def receive(work: Work, wallet: Wallet, shares: Sequence[Share], earned: int = 0) -> Received:
    """``shares``, one a bucket, repay what the member owes and then fill the wallet. ``earned`` counts in lifetime."""
    came = repay(shares, wallet.owed)
    buckets.credit(work, wallet.id, came.kept)
    balance = change_wallet(
        work, wallet.id, local_date(work.now), posted=total(came.kept), lifetime=earned, owed=-came.repaid
    )
    return Received(came.repaid, balance, [*legs_of(wallet, came.kept, 1), *debt_legs(work, wallet, came.repaid)])


def give(work: Work, wallet: Wallet, points: int, pools: Collection[int] | None = None) -> Given:
    """``points`` leave the wallet, earliest expiring first. Refuses points.insufficient."""
    shares = draw_free(work, wallet, points, pools)
    buckets.take_free(work, wallet.id, shares)
    balance = change_wallet(work, wallet.id, local_date(work.now), posted=-points)
    return Given(shares, balance, legs_of(wallet, shares, -1))


def let_go(work: Work, wallet: Wallet, shares: Sequence[Share]) -> list[Change]:
    """Held ``shares`` are to be free again: how. What has expired meanwhile is expired, unless ops have set days of
    grace for it: then it moves to a bucket that lives on, which is there now."""
    today = local_date(work.now)
    lapsed = [share for share in shares if share.expires_on < today]
    grace_days = rules.setting(work, "release_grace_days", today) if lapsed else 0
    if not grace_days:
        return changed(shares, held=-1)
    revived = revive(lapsed, today, grace_days)
    buckets.credit(work, wallet.id, [replace(share, points=0) for share in revived])
    kept = changed(less(shares, lapsed), held=-1)
    return together([*kept, *changed(lapsed, remaining=-1, held=-1), *changed(revived, remaining=1)])


def draw_free(work: Work, wallet: Wallet, points: int, pools: Collection[int] | None = None) -> list[Share]:
    """Which ``points`` would be spent now, of ``pools`` (None: of any). Refuses points.insufficient."""
    free = buckets.free_points(work, wallet.id)
    return draw_of([share for share in free if pools is None or share.pool in pools], points, local_date(work.now))


def draw_of(free: Sequence[Share], points: int, today: date) -> list[Share]:
    """``points`` of what has not expired, earliest expiring first. Refuses points.insufficient."""
    try:
        return draw(spendable(free, today), points)
    except NotEnough as lack:
        raise Refused(contract.INSUFFICIENT, "not enough points", available=lack.found, needed=points) from None
