"""What counters may get wrong: terms that operators set, and what each key got wrong lately."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.catalog.storage.tables import counter_terms
from services.chassis.data.work import Work

DECIDED = ("most_wrong", "wrong_within_s", "undo_within_s")
_IN_FORCE = (
    sa.select(*(counter_terms.c[name] for name in DECIDED))
    .where(counter_terms.c.effective_from <= sa.bindparam("now"))
    .order_by(counter_terms.c.effective_from.desc())
    .limit(1)
)
_ALL = sa.select(
    sa.func.greatest(counter_terms.c.effective_from, sa.text("'epoch'")).label("effective_from"),
    *(counter_terms.c[name] for name in (*DECIDED, "actor", "reason")),
).order_by(counter_terms.c.effective_from.desc())
# One statement, so that guesses at the same time are counted one by one.
_TAKE = sa.text("""
    INSERT INTO counter_tries AS t (key_id, since, wrong) VALUES (:key_id, :now, 1)
    ON CONFLICT (key_id) DO UPDATE SET
        wrong = CASE WHEN t.since <= :oldest THEN 1 ELSE t.wrong + 1 END,
        since = CASE WHEN t.since <= :oldest THEN :now ELSE t.since END
    WHERE t.since <= :oldest OR t.wrong < :most
    RETURNING wrong
""")
_GIVE_BACK = sa.text("UPDATE counter_tries SET wrong = wrong - 1 WHERE key_id = :key_id AND wrong > 0")
_SINCE = sa.text("SELECT since FROM counter_tries WHERE key_id = :key_id")


@dataclass(frozen=True)
class CounterTerms:
    """A key may get ``most_wrong`` codes wrong in ``wrong_within``; then it opens nothing until that is over."""

    most_wrong: int
    wrong_within: timedelta
    undo_within: timedelta


def terms_in_force(work: Work) -> CounterTerms:
    row = work.execute(_IN_FORCE, {"now": work.now}).one()
    within, undo = timedelta(seconds=row.wrong_within_s), timedelta(seconds=row.undo_within_s)
    return CounterTerms(row.most_wrong, within, undo)


def all_terms(work: Work) -> list[dict[str, Any]]:
    """Newest first."""
    return [dict(row) for row in work.execute(_ALL).mappings()]


def write_terms(work: Work, decided: Mapping[str, Any]) -> None:
    row = {name: decided[name] for name in (*DECIDED, "effective_from", "reason")}
    work.execute(counter_terms.insert(), {**row, "actor": work.context.actor})


def take_try(work: Work, key_id: str, terms: CounterTerms) -> int:
    """Before a code is looked at. Seconds until the key may try again; 0 if it may now. Whoever uses the same key at
    once waits here."""
    oldest = work.now - terms.wrong_within
    taken = {"key_id": key_id, "now": work.now, "oldest": oldest, "most": terms.most_wrong}
    if work.execute(_TAKE, taken).first() is not None:
        return 0
    since = work.execute(_SINCE, {"key_id": key_id}).scalar_one()
    return max(1, round((since - oldest).total_seconds()))


def give_try_back(work: Work, key_id: str) -> None:
    """The code was right."""
    work.execute(_GIVE_BACK, {"key_id": key_id})
