"""Every query that locks rows. The wallet row is the mutex of its buckets and holds.

It must be the first statement that touches them: under READ COMMITTED a statement that waits for a row reads again
only that row, so buckets picked in the same statement would be those of before the wait.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.chart import POINTS, WALLET
from services.points.storage.tables import account

_WALLET = sa.select(account.c.id, account.c.owner, account.c.status, account.c.posted, account.c.held).with_for_update(
    key_share=True
)
_OF_MEMBER = _WALLET.where(
    account.c.unit == POINTS, account.c.kind == WALLET, account.c.owner == sa.bindparam("member_id")
)
_BY_ID = _WALLET.where(account.c.id == sa.bindparam("id"))
_OF_CHUNK = sa.text("""
    SELECT count(*) FROM (
        SELECT id FROM account
        WHERE id IN (SELECT account_id FROM bill_line
                     WHERE run_no = :run_no AND account_id BETWEEN :first_account AND :last_account)
        ORDER BY id FOR NO KEY UPDATE) AS locked
""")
_TRY_RUN = sa.text("SELECT pg_try_advisory_lock(hashtextextended('bill_run:' || :run_id, 0))")
_LEAVE_RUN = sa.text("SELECT pg_advisory_unlock(hashtextextended('bill_run:' || :run_id, 0))")


@dataclass(frozen=True)
class Wallet:
    """A locked wallet as it was when the lock was got."""

    id: int
    member_id: str
    frozen: bool
    posted: int
    held: int


def lock_wallet_of(work: Work, member_id: str) -> Wallet | None:
    return _wallet(work.execute(_OF_MEMBER, {"member_id": member_id}).one_or_none())


def lock_wallet(work: Work, account_id: int) -> Wallet:
    wallet = _wallet(work.execute(_BY_ID, {"id": account_id}).one_or_none())
    if wallet is None:
        raise LookupError(f"no account {account_id}")
    return wallet


def lock_wallets_of_chunk(work: Work, run_no: int, first_account: int, last_account: int) -> None:
    """All wallets with lines of a bill run in a range of accounts, in account order."""
    limits = {"run_no": run_no, "first_account": first_account, "last_account": last_account}
    work.execute(_OF_CHUNK, limits)


@contextmanager
def sole_worker_of(engine: sa.Engine, run_id: str) -> Iterator[bool]:
    """True while this process is the only one at work on a bill run; the lock ends with its session."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        alone = bool(guard.execute(_TRY_RUN, {"run_id": run_id}).scalar_one())
        try:
            yield alone
        finally:
            if alone:
                guard.execute(_LEAVE_RUN, {"run_id": run_id})


def _wallet(row: sa.Row | None) -> Wallet | None:
    if row is None:
        return None
    return Wallet(row.id, row.owner, row.status == "frozen", row.posted, row.held)
