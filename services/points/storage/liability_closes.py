"""Closed months, each with a hash over itself and the one before; and drafts of months that are open."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.liability.ledger import DoesNotTie
from services.points.domain.liability.months import Month
from services.points.domain.liability.report import LastClose, Worked

_CLOSES = """
    SELECT close.*, before.hash AS hash_before
    FROM liability_close AS close LEFT JOIN liability_close AS before ON before.month = close.follows
"""
_FIND = sa.text(f"{_CLOSES} WHERE close.month = :month")
_LAST = sa.text(f"{_CLOSES} WHERE close.month < :month ORDER BY close.month DESC LIMIT 1")
_ENDS = sa.text("SELECT min(month) AS first, max(month) AS last FROM liability_close")
_KEEP = sa.text("""
    INSERT INTO liability_close (month, follows, booked_by, actor, report, layers, hash)
    VALUES (:month, :follows, :booked_by, :actor, CAST(:report AS jsonb), CAST(:layers AS jsonb), :hash)
    ON CONFLICT DO NOTHING
""")
_DRAFT = sa.text("SELECT report FROM liability_draft WHERE month = :month")
_KEEP_DRAFT = sa.text("""
    INSERT INTO liability_draft (month, booked_by, report) VALUES (:month, :booked_by, CAST(:report AS jsonb))
    ON CONFLICT (month) DO UPDATE SET booked_by = excluded.booked_by, report = excluded.report
    WHERE liability_draft.booked_by < excluded.booked_by
""")


@dataclass(frozen=True)
class Close:
    """A closed month as it was kept."""

    month: Month
    booked_by: datetime
    closed_at: datetime
    actor: str
    worked: Worked
    hash: bytes

    def as_last(self) -> LastClose:
        return LastClose(self.month, self.booked_by, self.worked.report["ledger"], self.worked.layers)


def find_close(work: Work, month: Month) -> Close | None:
    """Raises DoesNotTie if it is not what was kept."""
    return _close(work.execute(_FIND, {"month": str(month)}).one_or_none())


def last_close_before(work: Work, month: Month) -> Close | None:
    """Raises DoesNotTie if it is not what was kept."""
    return _close(work.execute(_LAST, {"month": str(month)}).one_or_none())


def closed_months(work: Work) -> tuple[Month, Month] | None:
    """The first and the last; None before any."""
    row = work.execute(_ENDS).one()
    return None if row.first is None else (Month.parse(row.first), Month.parse(row.last))


def keep_close(work: Work, worked: Worked, booked_by: datetime, before: Close | None) -> bool:
    """False if somebody closed that month, or another one after ``before``, meanwhile."""
    values = {
        "month": worked.report["month"],
        "follows": None if before is None else str(before.month),
        "booked_by": booked_by,
        "actor": work.context.actor,
        "report": _json(worked.report),
        "layers": _json(worked.layers),
        "hash": hash_of(worked, None if before is None else before.hash),
    }
    return work.execute(_KEEP, values).rowcount == 1


def find_draft(work: Work, month: Month) -> dict[str, Any] | None:
    return work.execute(_DRAFT, {"month": str(month)}).scalar_one_or_none()


def keep_draft(work: Work, worked: Worked, booked_by: datetime) -> None:
    """In the place of an older one."""
    values = {"month": worked.report["month"], "booked_by": booked_by, "report": _json(worked.report)}
    work.execute(_KEEP_DRAFT, values)


def hash_of(worked: Worked, before: bytes | None) -> bytes:
    """Over the report, its layers and the hash of the close before."""
    whole = [worked.report, worked.layers, None if before is None else bytes(before).hex()]
    return hashlib.sha256(_json(whole).encode()).digest()


def _close(row: sa.Row | None) -> Close | None:
    if row is None:
        return None
    worked = Worked(row.report, row.layers)
    if hash_of(worked, row.hash_before) != bytes(row.hash):
        raise DoesNotTie(f"the close of {row.month} is not what was kept")
    return Close(Month.parse(row.month), row.booked_by, row.closed_at, row.actor, worked, bytes(row.hash))


def _json(value: Any) -> str:
    """One text for one value, so that it can be hashed again."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
