"""Wallets of points open with the enrolment; one of coins opens when it is first needed."""

from collections.abc import Collection

from services.chassis.data.work import Work
from services.points.domain.chart import POINTS
from services.points.storage.holders import open_wallets_beside
from services.points.storage.locks import Wallet, hold_states_of, lock_wallet_of
from services.points.storage.wallets import without_wallet


def lock_or_open_wallet(work: Work, member_id: str, unit: str) -> Wallet | None:
    """None for who is no member here. No wallet may be locked yet."""
    wallet = lock_wallet_of(work, member_id, unit)
    if wallet is None and unit != POINTS:
        open_missing_wallets(work, [member_id], unit)
        wallet = lock_wallet_of(work, member_id, unit)
    return wallet


def open_missing_wallets(work: Work, member_ids: Collection[str], unit: str) -> None:
    """Of ``unit``, if there are none. No wallet may be locked yet: who changes a member's state locks them last."""
    if missing := without_wallet(work, member_ids, unit):
        hold_states_of(work, missing)
        open_wallets_beside(work, missing, unit)
