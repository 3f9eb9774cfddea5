"""Every query that locks rows. The wallet row is the mutex of its buckets and holds.

Wallets are locked in the order of their ids. A member's wallet of points is always the older one: that of coins opens
beside it. So whoever locks both by name locks points before coins.

It must be the first statement that touches them: under READ COMMITTED a statement that waits for a row reads again
only that row, so buckets picked in the same statement would be those of before the wait.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.points.domain.chart import POINTS

# Sent before a statement that reads what the locked wallet has (storage/seen.py).
OF_MEMBER = """
    SELECT FROM account WHERE unit = :unit AND kind = 'wallet' AND owner = :member_id FOR NO KEY UPDATE
"""
OF_HOLD = """
    SELECT FROM account
    WHERE id = (SELECT account_id FROM hold WHERE order_id = :order_id AND unit = :unit) FOR NO KEY UPDATE
"""
_OF_MEMBER = sa.text("""
    SELECT id, unit, owner, status, posted, held, owed, lifetime, version FROM account
    WHERE unit = :unit AND kind = 'wallet' AND owner = :member_id FOR NO KEY UPDATE
""")
# The sort comes before the locks, so the rows are locked in its order.
_SEVERAL = sa.text("""
    SELECT id, unit, owner, status, posted, held, owed, lifetime, version FROM account
    WHERE kind = 'wallet' AND (unit, owner) IN (
        SELECT * FROM unnest(CAST(:units AS text[]), CAST(:member_ids AS text[])) AS wanted (unit, member_id))
    ORDER BY id FOR NO KEY UPDATE
""")
# Whoever changes the state of a member holds this row for writing, and locks wallets only then.
_HOLDERS = sa.text("""
    SELECT count(*) FROM (
        SELECT FROM holder WHERE member_id = ANY(CAST(:member_ids AS text[])) ORDER BY member_id FOR SHARE) AS locked
""")
_STATE = sa.text("SELECT FROM holder WHERE member_id = :member_id FOR NO KEY UPDATE")
_ALL_OF_MEMBER = sa.text("""
    SELECT count(*) FROM (
        SELECT id FROM account WHERE unit IN ('PTS', 'COIN') AND kind = 'wallet' AND owner = :member_id
        ORDER BY id FOR NO KEY UPDATE) AS locked
""")
_BY_ID = sa.text("""
    SELECT id, unit, owner, status, posted, held, owed, lifetime, version FROM account WHERE id = :id FOR NO KEY UPDATE
""")
# Waits for whoever is booking in this wallet: who comes later is booked later than the clock says here.
_SETTLED = sa.text("""
    WITH wallet AS MATERIALIZED (SELECT FROM account WHERE id = :id FOR SHARE)
    SELECT clock_timestamp() FROM (SELECT count(*) FROM wallet) AS waited_for
""")
_OF_CHUNK = Planned(
    "lock_wallets_of_chunk",
    """
    SELECT coalesce(bool_or(owed > 0 OR status <> 'open'), false) FROM (
        SELECT owed, status FROM account
        WHERE id = ANY(ARRAY(SELECT DISTINCT account_id FROM bill_line
                             WHERE run_no = :run_no AND account_id BETWEEN :first_account AND :last_account))
        ORDER BY id FOR NO KEY UPDATE) AS locked
""",
)
_BILL_RUN = sa.text("SELECT state FROM bill_run WHERE no = :no FOR NO KEY UPDATE")
_BILL_CHUNK = sa.text("""
    SELECT chunk, first_account, last_account, decreases_after FROM bill_chunk
    WHERE run_no = :run_no AND (posted_at IS NULL OR decreases_after IS NOT NULL) AND stopped_because IS NULL
    ORDER BY put_back, chunk LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
""")
_FREE_CHUNK = sa.text("""
    SELECT 1 FROM bill_chunk
    WHERE run_no = :run_no AND chunk = :chunk AND (posted_at IS NULL OR decreases_after IS NOT NULL)
    FOR NO KEY UPDATE SKIP LOCKED
""")
_FREE = sa.text("""
    SELECT id, unit FROM account WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
""")
_EXPIRY_RUN = sa.text("""
    SELECT after_account, chunks, passes, skipped FROM expiry_run
    WHERE expires_on = :expires_on AND late = :late AND state = 'running' FOR NO KEY UPDATE SKIP LOCKED
""")
_NOTICE_RUN = sa.text("""
    SELECT after_account FROM expiry_notice_run
    WHERE expires_on = :expires_on AND days_before = :days_before AND state = 'running'
    FOR NO KEY UPDATE SKIP LOCKED
""")
_ALONE = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:task, 0))")
# 73001 is the lock of drawing ids: a month's books are closed only when what was written under it is there to be seen.
_RULES = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('rules', 0)), pg_advisory_xact_lock_shared(73001)")
_ADJUSTMENT = sa.text("SELECT id FROM adjustment WHERE id = :id FOR NO KEY UPDATE")
_RULE_CHANGE = sa.text("SELECT id FROM rule_change WHERE id = :id FOR NO KEY UPDATE")
_TRY_READING = sa.text("SELECT pg_try_advisory_lock(hashtextextended('bill_run:' || :run_id, 0))")
_END_READING = sa.text("SELECT pg_advisory_unlock(hashtextextended('bill_run:' || :run_id, 0))")


class WalletKey(NamedTuple):
    member_id: str
    unit: str = POINTS


@dataclass(frozen=True)
class Wallet:
    """A locked wallet as it was when the lock was got. ``version`` counts its changes."""

    id: int
    unit: str
    member_id: str
    frozen: bool
    posted: int
    held: int
    owed: int
    lifetime: int
    version: int


def lock_wallet_of(work: Work, member_id: str, unit: str = POINTS) -> Wallet | None:
    return _wallet(work.execute(_OF_MEMBER, {"member_id": member_id, "unit": unit}).one_or_none())


def lock_wallets_of(work: Work, keys: Collection[WalletKey]) -> dict[WalletKey, Wallet]:
    """Those that exist, locked in the order of their account ids."""
    rows = work.execute(_SEVERAL, {"units": [key.unit for key in keys], "member_ids": [key.member_id for key in keys]})
    return {WalletKey(row.owner, row.unit): _as_wallet(row) for row in rows}


def hold_states_of(work: Work, member_ids: Collection[str]) -> None:
    """The members' states do not change before this commit. No wallet may be locked yet."""
    work.execute(_HOLDERS, {"member_ids": list(member_ids)})


def lock_state_of(work: Work, member_id: str) -> None:
    """Who is to change the member's state. No wallet may be locked yet."""
    work.execute(_STATE, {"member_id": member_id})


def lock_wallets_of_member(work: Work, member_id: str) -> None:
    """Of all units, in the order of their account ids."""
    work.execute(_ALL_OF_MEMBER, {"member_id": member_id})


def lock_wallet(work: Work, account_id: int) -> Wallet:
    wallet = _wallet(work.execute(_BY_ID, {"id": account_id}).one_or_none())
    if wallet is None:
        raise LookupError(f"no account {account_id}")
    return wallet


def booked_until_now(work: Work, account_id: int | None) -> datetime:
    """Everything that this wallet was booked for up to this instant, by the database's clock, can be read now."""
    return work.execute(_SETTLED, {"id": account_id}).scalar_one()


def lock_wallets_of_chunk(work: Work, run_no: int, first_account: int, last_account: int) -> bool:
    """All wallets with lines of a bill run in a range of accounts, in account order. True if one of them is frozen or
    owes points."""
    limits = {"run_no": run_no, "first_account": first_account, "last_account": last_account}
    return bool(work.execute(_OF_CHUNK, limits).scalar_one())


def lock_bill_run(work: Work, no: int) -> str:
    """Its state, which nobody else changes before this commit."""
    return str(work.execute(_BILL_RUN, {"no": no}).scalar_one())


def claim_bill_chunk(work: Work, run_no: int) -> sa.Row | None:
    """(chunk, first_account, last_account, decreases_after) of the first that is not done, that nobody is at,
    and that was not set aside; those that were put back come last."""
    return work.execute(_BILL_CHUNK, {"run_no": run_no}).one_or_none()


def lock_open_chunk(work: Work, run_no: int, chunk: int) -> bool:
    """False if it is done, or somebody else is at it."""
    return work.execute(_FREE_CHUNK, {"run_no": run_no, "chunk": chunk}).one_or_none() is not None


def lock_adjustment(work: Work, adjustment_id: str) -> None:
    """Whoever decides on it; before any wallet."""
    work.execute(_ADJUSTMENT, {"id": adjustment_id})


def lock_rule_change(work: Work, change_id: str) -> None:
    """Whoever decides on it; before the rules."""
    work.execute(_RULE_CHANGE, {"id": change_id})


def lock_free_wallets(work: Work, account_ids: Sequence[int]) -> dict[str, list[int]]:
    """Those that nobody has locked now, by unit, in account order: this waits for nobody."""
    free: dict[str, list[int]] = {}
    for account_id, unit in work.execute(_FREE, {"ids": list(account_ids)}):
        free.setdefault(unit, []).append(account_id)
    return free


def claim_expiry_run(work: Work, expires_on: date, late: bool) -> sa.Row | None:
    """(after_account, chunks, passes, skipped); None if the run is done, or somebody else is at it."""
    return work.execute(_EXPIRY_RUN, {"expires_on": expires_on, "late": late}).one_or_none()


def claim_notice_run(work: Work, expires_on: date, days_before: int) -> int | None:
    """The account after which to go on; None if the run is done, or somebody else is at it."""
    run = {"expires_on": expires_on, "days_before": days_before}
    return work.execute(_NOTICE_RUN, run).scalar_one_or_none()


def alone_at(work: Work, task: str) -> bool:
    """True if no other transaction is at ``task`` now; then none will be until this one ends."""
    return bool(work.execute(_ALONE, {"task": task}).scalar_one())


def lock_rules(work: Work) -> None:
    """Rows of rules are added one after the other: who reads them now has read the last ones. Before any of them."""
    work.execute(_RULES)


@contextmanager
def sole_reader_of(engine: sa.Engine, run_id: str) -> Iterator[bool]:
    """True while nobody else reads files of this bill run; the lock ends with its session."""
    with engine.connect() as guard:
        alone = bool(guard.execute(_TRY_READING, {"run_id": run_id}).scalar_one())
        guard.commit()
        try:
            yield alone
        finally:
            if alone:
                guard.execute(_END_READING, {"run_id": run_id})
                guard.commit()


def _wallet(row: Any) -> Wallet | None:
    return None if row is None else _as_wallet(row)


def _as_wallet(row: Any) -> Wallet:
    frozen = row.status == "frozen"
    return Wallet(row.id, row.unit, row.owner, frozen, row.posted, row.held, row.owed, row.lifetime, row.version)
