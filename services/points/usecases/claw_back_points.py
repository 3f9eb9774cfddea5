"""Points taken back that turned out not to be due. Held points stay with their orders."""

from dataclasses import dataclass
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.buckets import Share, spendable, total
from services.points.domain.chart import issue_account
from services.points.domain.debts import AS_DEBT, draw_back
from services.points.storage import buckets
from services.points.storage.debts import ClawBack, Earning, debt_legs, find_earning, note_claw_back
from services.points.storage.entries import Leg, legs_of, write_legs
from services.points.storage.journals import Deed, next_journal_id, recall, write_journal
from services.points.storage.locks import Wallet, lock_wallet_of
from services.points.storage.wallets import Balance, change_wallet


@dataclass(frozen=True)
class Grounds:
    """Why: ``source`` is the kind of earning, ``earning`` the very one, if that is known. ``ref`` and ``rule`` are for
    the journal."""

    source: str
    policy: str
    reason: str
    earning: Earning | None = None
    ref: str | None = None
    rule: str | None = None


def claw_back(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's ClawedBack. A frozen account is no shelter."""
    wallet = lock_wallet_of(work, request["member_id"], request["unit"])
    deed = Deed.of_request(contract.CLAW_BACK, request)
    if answered := recall(work, deed):
        return answered
    if wallet is None:
        raise Refused(contract.ACCOUNT_UNKNOWN, "the member has no account")
    earning = _earning(work, wallet, request)
    grounds = Grounds(request["source"], request["policy"], request["reason"], earning)
    return claw_back_points(work, wallet, deed, request["points"], grounds)


def claw_back_points(work: Work, wallet: Wallet, deed: Deed, points: int, grounds: Grounds) -> dict[str, Any]:
    """From a locked wallet, once a deed. Refuses points.claw_back_too_large.

    What has expired is not there, whether its expiry is booked or not: how much is taken must not depend on when a
    job ran.
    """
    earning = grounds.earning
    left = min(earning.left, wallet.lifetime) if earning else wallet.lifetime
    if points > left:
        raise Refused(contract.CLAW_BACK_TOO_LARGE, "more than was earned and is left", left=left, asked=points)
    today = local_date(work.now)
    free = spendable(buckets.free_points(work, wallet.id), today)
    drawn = draw_back(free, earning.shares if earning else [], points)
    done = _sums(points, total(drawn), grounds.policy)
    buckets.take_free(work, wallet.id, drawn)
    balance = change_wallet(work, wallet.id, today, posted=-done.drawn, lifetime=-done.taken, owed=done.owed)
    result = _book(work, wallet, deed, drawn, done, grounds, balance)
    if done.taken:
        _announce(work, wallet, balance, done, grounds)
    return result


def _earning(work: Work, wallet: Wallet, request: dict[str, Any]) -> Earning | None:
    if request["corrects"] is None:
        return None
    earning = find_earning(work, wallet, request["corrects"])
    if earning is None or earning.source != request["source"]:
        raise Refused(contract.EARNING_UNKNOWN, "this wallet earned nothing of this source by that journal")
    return earning


def _sums(asked: int, drawn: int, policy: str) -> ClawBack:
    missing = asked - drawn
    owed = missing if policy == AS_DEBT else 0
    return ClawBack(asked, drawn, owed, missing - owed)


def _book(
    work: Work, wallet: Wallet, deed: Deed, drawn: list[Share], done: ClawBack, grounds: Grounds, balance: Balance
) -> dict[str, Any]:
    journal_id, earning = next_journal_id(work), grounds.earning
    if done.taken:
        issuer = Leg(wallet.unit, done.taken, owner=issue_account(grounds.source))
        write_legs(work, journal_id, [issuer, *legs_of(wallet, drawn, -1), *debt_legs(work, wallet, -done.owed)])
    result = {
        "journal_id": journal_id,
        "points": done.asked,
        "drawn": done.drawn,
        "owed": done.owed,
        "forgiven": done.forgiven,
        "available": balance.available,
    }
    corrected = earning.journal_id if earning else None
    write_journal(
        work,
        journal_id,
        deed,
        "clawback",
        result,
        source=grounds.source,
        ref=grounds.ref,
        rule=grounds.rule,
        corrects=corrected,
    )
    note_claw_back(work, journal_id, wallet, done, grounds.policy, grounds.reason, corrected)
    return result


def _announce(work: Work, wallet: Wallet, balance: Balance, done: ClawBack, grounds: Grounds) -> None:
    earned_on = grounds.earning.effective_on if grounds.earning else local_date(work.now)
    data = {
        "member_id": wallet.member_id,
        "unit": wallet.unit,
        "points": done.taken,
        "owed": done.owed,
        "available": balance.available,
        "source": grounds.source,
        "reason": grounds.reason,
        "earned_on": earned_on.isoformat(),
    }
    work.emit(contract.POINTS_CLAWED_BACK, wallet.member_id, data, balance.version)
