"""Points whose last day is over are booked: a chunk of wallets a transaction, stopped and taken up anywhere.

Nothing is booked of a day that is not over by the service's clock and by the database's: a booking cannot be undone,
and expired points are not spendable anyway, booked or not. Wallets that somebody has locked are skipped and come round
again, so no redemption ever waits for a job that waits for another.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from services.chassis.clock import local_date
from services.chassis.data.work import Work, Works
from services.points import contract
from services.points.domain.expiry import last_moment
from services.points.storage import expiry, expiry_runs, rules
from services.points.storage.expiry import Loss
from services.points.storage.expiry_runs import Counts, Run
from services.points.storage.journals import Deed, next_journal_id, write_journal
from services.points.storage.locks import claim_expiry_run, lock_free_wallets

PASSES_A_CALL = 3  # over wallets that were locked; the next call goes on


@dataclass(frozen=True)
class Terms:
    """Days before ``before`` are over by both clocks."""

    before: date
    wallets_a_chunk: int


def expire_points(
    works: Works, budget_s: float = math.inf, told: Callable[[Counts], None] = lambda booked: None
) -> dict[str, int]:
    """What this call booked, as Counts. It begins no chunk after ``budget_s``; ``told`` hears the sums so far."""
    end, booked = time.monotonic() + budget_s, Counts()
    with works.begin() as work:
        terms = terms_now(work)
        days = {*expiry.due_days(work, terms.before), *expiry_runs.unfinished_days(work, terms.before)}
    for day in sorted(days):
        for counts in _expire_day(works, day, terms, end):
            booked += counts
            told(booked)
    return asdict(booked)


def terms_now(work: Work) -> Terms:
    today = min(local_date(work.now), expiry.database_today(work))
    rest = timedelta(days=rules.setting(work, "expiry_rest_days", today))
    return Terms(today - rest, rules.setting(work, "expiry_chunk_wallets", today))


def _expire_day(works: Works, day: date, terms: Terms, end: float) -> Iterator[Counts]:
    """Each chunk's counts, until the day is done, somebody else is at it, or the same wallets stay locked."""
    with works.begin() as work:
        run = expiry_runs.open_run(work, day)
    passes = PASSES_A_CALL if run else 0
    while run and passes and time.monotonic() < end:
        with works.begin() as work:
            step = _step(work, run, terms)
        if isinstance(step, Counts):
            yield step
        else:
            passes = passes - 1 if step == "again" else 0


def _step(work: Work, run: Run, terms: Terms) -> Counts | str:
    """A chunk's counts; at the end of a pass "again" or "done"; "busy" if somebody else is at this run, or did it."""
    stand = claim_expiry_run(work, run.expires_on, run.late)
    if stand is None:
        return "busy"
    due = expiry.due_wallets(work, run.expires_on, stand.after_account, terms.wallets_a_chunk)
    if due:
        counts = _book_chunk(work, run, stand.chunks + 1, due)
        expiry_runs.advance_run(work, run, due[-1], counts)
        return counts
    if stand.skipped:
        expiry_runs.go_round_again(work, run)
        return "again"
    expiry_runs.finish_run(work, run)
    return "done"


def _book_chunk(work: Work, run: Run, number: int, due: list[int]) -> Counts:
    """Buckets, wallets, entries, journals, events and the run's cursor commit together or not at all."""
    wallets = lock_free_wallets(work, due)
    counts = Counts(chunks=1, skipped=len(due) - sum(map(len, wallets.values())))
    for unit, of_unit in sorted(wallets.items()):
        counts += _book_unit(work, run, f"{number}:{unit}", unit, of_unit)
    return counts


def _book_unit(work: Work, run: Run, name: str, unit: str, wallets: list[int]) -> Counts:
    journal_id = next_journal_id(work)
    losses = expiry.book(work, unit, wallets, run.expires_on, journal_id, local_date(work.now))
    counts = Counts.of(unit, losses)
    if losses:
        _write(work, run, name, journal_id, counts)
        _announce(work, unit, run.expires_on, journal_id, losses)
    return counts


def _write(work: Work, run: Run, name: str, journal_id: int, counts: Counts) -> None:
    """What came to be due late expired when it was let go, not on its day."""
    day, result = run.expires_on.isoformat(), {"wallets": counts.wallets, "buckets": counts.buckets}
    deed = Deed.of_fact("expiry", f"{day}:{'late' if run.late else 'own'}:{name}", **result)
    happened_at = work.now if run.late else last_moment(run.expires_on)
    result |= {"points": counts.points or counts.coins}
    write_journal(work, journal_id, deed, "expiry", result, happened_at=happened_at, ref=day)


def _announce(work: Work, unit: str, day: date, journal_id: int, losses: list[Loss]) -> None:
    for start in range(0, len(losses), contract.LARGEST_BATCH):
        postings = [
            {"member_id": loss.member_id, "points": loss.points, "available": loss.available}
            for loss in losses[start : start + contract.LARGEST_BATCH]
        ]
        data = {"unit": unit, "expires_on": day.isoformat(), "postings": postings}
        work.emit(contract.POINTS_EXPIRED, day.isoformat(), data, journal_id)
