"""A second person approves: all lines are posted in one transaction and one journal, or none is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.adjustments import Adjusted, Line, adjust
from services.points.domain.buckets import NotEnough, spendable
from services.points.domain.chart import GENERAL_POOL, issue_account
from services.points.domain.expiry import expires_on
from services.points.storage import adjustments, buckets, rules
from services.points.storage.debts import debt_legs
from services.points.storage.entries import Leg, legs_of, write_legs
from services.points.storage.grants import WalletChange, change_wallets
from services.points.storage.journals import Deed, next_journal_id, recall, write_journal
from services.points.storage.locks import Wallet, WalletKey, lock_adjustment, lock_wallets_of
from services.points.storage.wallets import Balance
from services.points.usecases.open_wallet import open_missing_wallets
from services.points.usecases.second_person import ADJUSTMENT, find_undecided, insist_on_second_person

SOURCE = "adjustment"
MOST_NAMED = 20


@dataclass(frozen=True)
class Part:
    """One line and what it does to its locked wallet."""

    line: Line
    wallet: Wallet
    adjusted: Adjusted


def approve_adjustment(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's AdjustmentPosted. Frozen accounts are adjusted too: that is how stolen points come back."""
    lock_adjustment(work, request["adjustment_id"])
    deed = Deed.of_request(contract.APPROVE_ADJUSTMENT, request)
    if answered := recall(work, deed):
        return answered
    adjustment = find_undecided(work, ADJUSTMENT, request["adjustment_id"])
    insist_on_second_person(work, ADJUSTMENT, adjustment)
    lines = adjustments.lines_of(work, adjustment.adjustment_id)
    parts = _plan(work, lines, _lock_wallets(work, adjustment.unit, lines))
    return _post(work, adjustment, deed, parts)


def _lock_wallets(work: Work, unit: str, lines: Sequence[Line]) -> dict[str, Wallet]:
    """By member."""
    members = [line.member_id for line in lines]
    open_missing_wallets(work, members, unit)
    wallets = lock_wallets_of(work, [WalletKey(member_id, unit) for member_id in members])
    return {key.member_id: wallet for key, wallet in wallets.items()}


def _plan(work: Work, lines: Sequence[Line], wallets: Mapping[str, Wallet]) -> list[Part]:
    """Refuses adjustment.uncovered, naming the lines that would take more than there is."""
    today, unit = local_date(work.now), next(iter(wallets.values())).unit
    last_day = expires_on(rules.expiry_policy(work, SOURCE, GENERAL_POOL, today, unit), today)
    free = buckets.free_points_of(work, [wallets[line.member_id].id for line in lines if line.points < 0])
    parts, uncovered = [], []
    for line in lines:
        wallet = wallets[line.member_id]
        try:
            there = spendable(free.get(wallet.id, ()), today)
            parts.append(Part(line, wallet, adjust(line.points, there, wallet.owed, last_day)))
        except NotEnough as lack:
            uncovered.append({**line._asdict(), "available": lack.found})
    if uncovered:
        named = {"uncovered": len(uncovered), "lines": uncovered[:MOST_NAMED]}
        raise Refused(contract.ADJUSTMENT_UNCOVERED, "some lines take more than there is", **named)
    return parts


def _post(work: Work, adjustment: sa.Row[Any], deed: Deed, parts: Sequence[Part]) -> dict[str, Any]:
    changes = [
        WalletChange(part.wallet.id, part.adjusted.came, part.adjusted.went, part.adjusted.repaid) for part in parts
    ]
    balances = change_wallets(work, changes, local_date(work.now))
    journal_id = next_journal_id(work)
    write_legs(work, journal_id, [*_issued(adjustment), *(leg for part in parts for leg in _legs(work, part))])
    result = {
        "adjustment_id": adjustment.adjustment_id,
        "journal_id": journal_id,
        "lines": adjustment.lines,
        "added": adjustment.added,
        "taken": adjustment.taken,
        "repaid": sum(part.adjusted.repaid for part in parts),
        "requested_by": adjustment.requested_by,
        "approved_by": work.context.actor,
        "reason": adjustment.reason,
    }
    write_journal(work, journal_id, deed, "adjustment", result, source=SOURCE, ref=adjustment.adjustment_id)
    adjustments.ADJUSTMENTS.decide(work, adjustment.adjustment_id, "approve", journal_id=journal_id)
    _announce(work, adjustment, journal_id, parts, balances)
    return result


def _issued(adjustment: sa.Row[Any]) -> list[Leg]:
    """What came and what went, each by a leg of its own."""
    amounts = (-adjustment.added, adjustment.taken)
    return [Leg(adjustment.unit, amount, owner=issue_account(SOURCE)) for amount in amounts if amount]


def _legs(work: Work, part: Part) -> list[Leg]:
    wallet, adjusted = part.wallet, part.adjusted
    moved = [*legs_of(wallet, adjusted.came, 1), *legs_of(wallet, adjusted.went, -1)]
    return [*moved, *debt_legs(work, wallet, adjusted.repaid)]


def _announce(
    work: Work, adjustment: sa.Row[Any], journal_id: int, parts: Sequence[Part], balances: Mapping[int, Balance]
) -> None:
    postings = [
        {
            "member_id": part.line.member_id,
            "points": part.line.points,
            "available": balances[part.wallet.id].available,
        }
        for part in parts
    ]
    data = {"adjustment_id": adjustment.adjustment_id, "unit": adjustment.unit, "postings": postings}
    work.emit(contract.POINTS_ADJUSTED, adjustment.adjustment_id, data, journal_id)
