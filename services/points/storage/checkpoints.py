"""Checkpoints as rows, and what they must agree with."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.proofs import Checkpoint
from services.points.domain.seals import Head

_COLUMNS = "unit, no, day, upto_block, head, accounts, total, root, prev, taken_at, hash"
_NEWEST = sa.text(f"SELECT {_COLUMNS} FROM checkpoint WHERE unit = :unit ORDER BY no DESC LIMIT 1")  # noqa: S608
_ALL = sa.text(f"SELECT {_COLUMNS} FROM checkpoint WHERE unit = :unit ORDER BY no")  # noqa: S608
_PAGE = sa.text(f"""
    SELECT {_COLUMNS} FROM checkpoint WHERE unit = :unit AND no < :before ORDER BY no DESC LIMIT :most
""")  # noqa: S608
_WRITE = sa.text(f"""
    INSERT INTO checkpoint ({_COLUMNS}) VALUES
        (:unit, :no, :day, :upto_block, :head, :accounts, :total, :root, :prev, :taken_at, :hash)
""")  # noqa: S608
_HEAD = sa.text("SELECT block, last_journal, hash FROM seal WHERE block = :block")
_JOURNALS = sa.text("SELECT first_journal, last_journal FROM seal WHERE block = :block")
# One statement, hence one moment: what the rows of the wallets say, less what was booked since.
_IN_WALLETS = sa.text("""
    SELECT (SELECT coalesce(sum(posted), 0) FROM account WHERE kind = 'wallet' AND unit = :unit)
         - (SELECT coalesce(sum(entry.amount), 0) FROM entry JOIN account ON account.id = entry.account_id
            WHERE entry.journal_id > :upto AND account.kind = 'wallet' AND account.unit = :unit)
""")


def newest_checkpoint(work: Work, unit: str) -> Checkpoint | None:
    row = work.execute(_NEWEST, {"unit": unit}).one_or_none()
    return _stored(row) if row else None


def checkpoints_of(work: Work, unit: str) -> list[Checkpoint]:
    """All of them, oldest first: one a day."""
    return [_stored(row) for row in work.execute(_ALL, {"unit": unit})]


def checkpoints_below(work: Work, unit: str, before: int, most: int) -> list[Checkpoint]:
    """At most ``most`` with a number below ``before``, newest first."""
    return [_stored(row) for row in work.execute(_PAGE, {"unit": unit, "before": before, "most": most})]


def write_checkpoint(work: Work, checkpoint: Checkpoint) -> None:
    work.execute(_WRITE, vars(checkpoint))


def head_at(work: Work, block: int) -> Head:
    """The chain as it ended with ``block``."""
    row = work.execute(_HEAD, {"block": block}).one()
    return Head(row.block, row.last_journal, bytes(row.hash))


def journals_of_block(work: Work, block: int) -> tuple[int, int] | None:
    """The first and the last; None if it is not sealed yet."""
    row = work.execute(_JOURNALS, {"block": block}).one_or_none()
    return (row.first_journal, row.last_journal) if row else None


def total_in_wallets(work: Work, unit: str, upto_journal: int) -> int:
    """As of ``upto_journal``, by the wallets' own rows."""
    return int(work.execute(_IN_WALLETS, {"unit": unit, "upto": upto_journal}).scalar_one())


def _stored(row: Any) -> Checkpoint:
    columns: dict[str, Any] = {
        name: bytes(value) if isinstance(value, memoryview) else value for name, value in row._mapping.items()
    }
    return Checkpoint(**columns)
