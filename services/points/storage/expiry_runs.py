"""How far the booking of each day is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.chart import COINS, POINTS
from services.points.storage.expiry import Loss

# A day has its own run; whatever comes to be due after it is done belongs to the day's late run, as often as it takes.
_OPEN = sa.text("""
    INSERT INTO expiry_run (expires_on, late, actor)
    SELECT :day, EXISTS (SELECT FROM expiry_run WHERE expires_on = :day AND NOT late AND state = 'done'), :actor
    ON CONFLICT (expires_on, late) DO UPDATE
    SET state = 'running', finished_at = NULL, after_account = 0, passes = 1, skipped = 0, actor = excluded.actor
    WHERE expiry_run.state = 'done' AND expiry_run.late
""")
_RUNNING = sa.text("SELECT late FROM expiry_run WHERE expires_on = :day AND state = 'running'")
_UNFINISHED = sa.text("SELECT expires_on FROM expiry_run WHERE state = 'running' AND expires_on < :before")
_ADVANCE = sa.text("""
    UPDATE expiry_run SET after_account = :after_account, chunks = chunks + :chunks, skipped = skipped + :skipped,
                          wallets = wallets + :wallets, buckets = buckets + :buckets, points = points + :points,
                          coins = coins + :coins
    WHERE expires_on = :expires_on AND late = :late
""")
_AGAIN = sa.text("""
    UPDATE expiry_run SET after_account = 0, passes = passes + 1, skipped = 0
    WHERE expires_on = :expires_on AND late = :late
""")
_FINISH = sa.text("""
    UPDATE expiry_run SET state = 'done', finished_at = now() WHERE expires_on = :expires_on AND late = :late
""")
_LATEST = sa.text("""
    SELECT expires_on, late, state, passes, chunks, wallets, buckets, points, coins, skipped, actor, started_at,
           finished_at
    FROM expiry_run ORDER BY expires_on DESC, late DESC LIMIT :most
""")


@dataclass(frozen=True)
class Run:
    expires_on: date
    late: bool


@dataclass(frozen=True)
class Counts:
    """``points`` and ``coins`` went from wallets to breakage; ``skipped`` wallets were locked by somebody else."""

    chunks: int = 0
    wallets: int = 0
    buckets: int = 0
    points: int = 0
    coins: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @classmethod
    def of(cls, unit: str, losses: Sequence[Loss]) -> "Counts":
        buckets, lost = sum(loss.buckets for loss in losses), sum(loss.points for loss in losses)
        points, coins = (lost if unit == each else 0 for each in (POINTS, COINS))
        return cls(wallets=len(losses), buckets=buckets, points=points, coins=coins)


def open_run(work: Work, day: date) -> Run | None:
    """The run to go on with; None if somebody else finished it just now."""
    work.execute(_OPEN, {"day": day, "actor": work.context.actor})
    late = work.execute(_RUNNING, {"day": day}).scalar_one_or_none()
    return None if late is None else Run(day, late)


def unfinished_days(work: Work, before: date) -> list[date]:
    """Also of runs that were stopped between their last chunk and their end."""
    return list(work.execute(_UNFINISHED, {"before": before}).scalars())


def advance_run(work: Work, run: Run, after_account: int, counts: Counts) -> None:
    work.execute(_ADVANCE, {**vars(run), "after_account": after_account, **asdict(counts)})


def go_round_again(work: Work, run: Run) -> None:
    work.execute(_AGAIN, vars(run))


def finish_run(work: Work, run: Run) -> None:
    work.execute(_FINISH, vars(run))


def latest_runs(work: Work, most: int) -> list[dict[str, Any]]:
    """The latest days first."""
    return [dict(row._mapping) for row in work.execute(_LATEST, {"most": most})]
