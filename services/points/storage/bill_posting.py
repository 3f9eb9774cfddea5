"""One chunk of a bill run posted to its wallets, set-based. The wallets are locked before (storage/locks.py)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.chart import GENERAL_POOL, POINTS, issue_account
from services.points.storage.bill_runs import BillRun

_CLAIM = sa.text("""
    UPDATE bill_chunk SET posted_at = now() WHERE run_no = :run_no AND chunk = :chunk AND posted_at IS NULL
    RETURNING chunk, first_account, last_account
""")
_OPEN_CHUNKS = sa.text("SELECT chunk FROM bill_chunk WHERE run_no = :run_no AND posted_at IS NULL ORDER BY chunk")
_REJECT_FROZEN = sa.text("""
    INSERT INTO bill_reject (run_no, line_no, line_id, subscriber_no, reason)
    SELECT line.run_no, line.line_no, line.line_id, holder.subscriber_no, 'account_frozen'
    FROM bill_line AS line JOIN account ON account.id = line.account_id
    JOIN holder ON holder.member_id = account.owner
    WHERE line.run_no = :run_no AND line.account_id BETWEEN :first_account AND :last_account
          AND account.status = 'frozen'
""")
_POST = sa.text("""
    WITH credit AS MATERIALIZED (
        SELECT line.account_id, CAST(sum(line.points) AS bigint) AS points, count(*) AS lines,
               row_number() OVER (ORDER BY line.account_id) AS seq
        FROM bill_line AS line JOIN account ON account.id = line.account_id AND account.status = 'open'
        WHERE line.run_no = :run_no AND line.account_id BETWEEN :first_account AND :last_account
        GROUP BY line.account_id
    ), earning AS MATERIALIZED (
        SELECT * FROM credit WHERE points > 0
    ), wallet AS (
        UPDATE account SET posted = posted + earning.points, lifetime = lifetime + earning.points,
                           version = version + 1
        FROM earning WHERE account.id = earning.account_id
        RETURNING account.id, account.owner, account.posted - account.held AS covered
    ), filled AS (
        INSERT INTO bucket (account_id, pool, expires_on, remaining)
        SELECT account_id, :pool, :expires_on, points FROM earning ORDER BY account_id
        ON CONFLICT (account_id, pool, expires_on) DO UPDATE SET remaining = bucket.remaining + excluded.remaining
    ), written AS (
        INSERT INTO entry (journal_id, seq, account_id, unit, amount, pool, expires_on)
        SELECT :journal_id, seq, account_id, :unit, points, CAST(:pool AS smallint), CAST(:expires_on AS date)
        FROM earning
        UNION ALL
        SELECT :journal_id, 0,
               (SELECT id FROM account WHERE unit = :unit AND kind = 'system' AND owner = :issuer),
               :unit, -total.points, NULL, NULL
        FROM (SELECT CAST(sum(points) AS bigint) AS points FROM earning) AS total WHERE total.points > 0
    )
    SELECT wallet.owner, credit.points, credit.lines,
           wallet.covered - (SELECT coalesce(sum(remaining - held), 0) FROM bucket
                             WHERE account_id = credit.account_id AND expires_on < :today) AS available
    FROM credit LEFT JOIN wallet ON wallet.id = credit.account_id ORDER BY credit.account_id
""")
_DONE = sa.text("""
    UPDATE bill_chunk SET journal_id = :journal_id, posted_lines = :posted_lines, rejected_lines = :rejected_lines,
                          points = :points
    WHERE run_no = :run_no AND chunk = :chunk
""")


@dataclass(frozen=True)
class Chunk:
    """``run_no`` and a range of accounts, both ends included."""

    run_no: int
    chunk: int
    first_account: int
    last_account: int


@dataclass(frozen=True)
class Credit:
    """What one wallet got; no points (all charges too small): ``member_id`` and ``available`` are None."""

    member_id: str | None
    points: int
    lines: int
    available: int | None


def open_chunks(work: Work, run_no: int) -> list[int]:
    return list(work.execute(_OPEN_CHUNKS, {"run_no": run_no}).scalars())


def claim_chunk(work: Work, run_no: int, chunk: int) -> Chunk | None:
    """None if it is posted already; waits for a rival that is at it."""
    row = work.execute(_CLAIM, {"run_no": run_no, "chunk": chunk}).one_or_none()
    return Chunk(run_no, row.chunk, row.first_account, row.last_account) if row else None


def reject_frozen(work: Work, chunk: Chunk) -> int:
    """Lines of accounts that earn nothing now."""
    return work.execute(_REJECT_FROZEN, vars(chunk)).rowcount


def post_credits(work: Work, run: BillRun, chunk: Chunk, journal_id: int, today: date) -> list[Credit]:
    values = {
        **vars(chunk),
        "journal_id": journal_id,
        "today": today,
        "expires_on": run.expires_on,
        "pool": GENERAL_POOL,
        "unit": POINTS,
        "issuer": issue_account("bill"),
    }
    return [Credit(row.owner, row.points, row.lines, _whole(row.available)) for row in work.execute(_POST, values)]


def finish_chunk(work: Work, chunk: Chunk, credits: Sequence[Credit], rejected: int, journal_id: int | None) -> None:
    counts = {
        "posted_lines": sum(credit.lines for credit in credits),
        "rejected_lines": rejected,
        "points": sum(credit.points for credit in credits),
    }
    work.execute(_DONE, {**vars(chunk), **counts, "journal_id": journal_id})


def _whole(number: object) -> int | None:
    return None if number is None else int(number)  # type: ignore[call-overload]
