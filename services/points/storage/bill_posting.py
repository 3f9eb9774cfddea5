"""A chunk of a bill run posted to its wallets, set-based. The wallets are locked before (storage/locks.py)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.points.domain.chart import GENERAL_POOL, POINTS, issue_account
from services.points.storage.bill_dues import CHARGED_AGAIN, CHARGED_FIRST, Chunk, Terms

# A chunk is a thousand wallets of millions: whatever the statistics say, they are reached by their numbers.
_BY_INDEX = sa.text("""
    SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
           set_config('enable_mergejoin', 'off', true), set_config('enable_bitmapscan', 'off', true)
""")
# Most chunks have neither frozen accounts nor debtors: who holds the locks has seen it, and need not look again.
_ALL_OPEN = "(SELECT charged.*, true AS is_open, 0 AS owed FROM charged)"
_AS_THEY_ARE = """(
    SELECT charged.*, account.status = 'open' AS is_open, account.owed
    FROM charged JOIN account ON account.id = charged.account_id)"""
# A frozen account gains nothing. What a member owes is repaid first. The issuing leg has number 0, the legs of debts
# come after those of the wallets.
_POST = """
    WITH {charged}, due AS MATERIALIZED (
        SELECT account_id, lines, said - booked AS gain, is_open, owed, booked - forgiven > said AS is_excess
        FROM {wallets} AS wallet
    ), earning AS MATERIALIZED (
        SELECT account_id, gain AS points, least(gain, owed) AS repaid,
               CAST(row_number() OVER (ORDER BY account_id) AS int) AS seq
        FROM due WHERE gain > 0 AND is_open
    ), wallet AS (
        UPDATE account SET posted = posted + earning.points - earning.repaid, owed = owed - earning.repaid,
                           lifetime = lifetime + earning.points, version = version + 1
        FROM earning WHERE account.id = earning.account_id
        RETURNING account.id, account.owner, earning.points, account.posted - account.held AS covered
    ), filled AS (
        INSERT INTO bucket (account_id, pool, expires_on, remaining)
        SELECT account_id, CAST(:pool AS smallint), CAST(:expires_on AS date), points - repaid
        FROM earning WHERE points > repaid ORDER BY account_id
        ON CONFLICT (account_id, pool, expires_on) DO UPDATE SET remaining = bucket.remaining + excluded.remaining
    ), written AS (
        INSERT INTO entry (journal_id, seq, account_id, unit, amount, pool, expires_on)
        SELECT CAST(:journal_id AS bigint), seq, account_id, CAST(:unit AS text), points - repaid,
               CAST(:pool AS smallint), CAST(:expires_on AS date)
        FROM earning WHERE points > repaid
        UNION ALL
        SELECT :journal_id, 0, issuer.id, :unit, -total.points, NULL, NULL
        FROM (SELECT CAST(sum(points) AS bigint) AS points FROM earning) AS total
        JOIN account AS issuer ON issuer.unit = :unit AND issuer.kind = 'system' AND issuer.owner = :issuer
        WHERE total.points > 0
        UNION ALL
        SELECT :journal_id, seq + CAST((SELECT count(*) FROM earning) AS int), debt.id, :unit, repaid, NULL, NULL
        FROM earning JOIN account AS debtor ON debtor.id = earning.account_id
        JOIN account AS debt ON debt.owner = debtor.owner AND debt.unit = debtor.unit AND debt.kind = 'debt'
        WHERE repaid > 0
    ), counted AS (
        SELECT CAST(coalesce(sum(lines) FILTER (WHERE is_open OR gain <= 0), 0) AS bigint) AS posted_lines,
               CAST(coalesce(sum(lines) FILTER (WHERE NOT is_open AND gain > 0), 0) AS bigint) AS frozen_lines,
               count(*) FILTER (WHERE is_excess) AS decreases
        FROM due
    ), told AS (
        SELECT array_agg(owner) AS member_ids, array_agg(points) AS points, array_agg(available) AS available
        FROM (SELECT owner, points, CAST(covered - (
                         SELECT coalesce(sum(remaining - held), 0) FROM bucket
                         WHERE account_id = wallet.id AND expires_on < CAST(:today AS date)) AS bigint) AS available
              FROM wallet ORDER BY id) AS one
    )
    SELECT * FROM counted CROSS JOIN told
"""
_CHARGED = {False: CHARGED_FIRST, True: CHARGED_AGAIN}
_WALLETS = {False: _ALL_OPEN, True: _AS_THEY_ARE}
_POSTS = {
    (again, special): Planned(
        f"post_bill_chunk{'_again' * again}{'_special' * special}", _POST.format(charged=charged, wallets=wallets)
    )
    for again, charged in _CHARGED.items()
    for special, wallets in _WALLETS.items()
}
# A corrected file that takes nothing away from a frozen account is no reason to reject its lines.
_REJECT_FROZEN = {
    again: sa.text(f"""
        WITH {charged}
        INSERT INTO bill_reject (run_no, line_no, line_id, subscriber_no, reason)
        SELECT line.run_no, line.line_no, line.line_id, holder.subscriber_no, 'account_frozen'
        FROM charged JOIN account ON account.id = charged.account_id AND account.status = 'frozen'
        JOIN holder ON holder.member_id = account.owner
        JOIN bill_line AS line
             ON line.run_no = :run_no AND line.account_id = charged.account_id AND NOT line.excluded
        WHERE charged.said > charged.booked
    """)  # noqa: S608 — the inserted text is a constant
    for again, charged in _CHARGED.items()
}
_DONE = sa.text("""
    UPDATE bill_chunk
    SET posted_at = now(), journal_id = :journal_id, posted_lines = :posted_lines, rejected_lines = :rejected_lines,
        points = :points, decreases_after = CASE WHEN :decreases > 0 THEN first_account - 1 END
    WHERE run_no = :run_no AND chunk = :chunk
""")


@dataclass(frozen=True)
class Posted:
    """``frozen_lines`` were to be posted to frozen accounts; ``decreases`` counts wallets that have got too much.

    The rest has a place for each wallet that gained: who, how many points, and what can be spent then.
    """

    posted_lines: int
    frozen_lines: int
    decreases: int
    member_ids: Sequence[str]
    points: Sequence[int]
    available: Sequence[int]


def reach_wallets_by_index(work: Work) -> None:
    """For the rest of the transaction."""
    work.execute(_BY_INDEX)


def post_gains(work: Work, terms: Terms, chunk: Chunk, journal_id: int, today: date, special: bool) -> Posted:
    """What the run says and is not booked yet. ``special``: a locked wallet is frozen or owes points."""
    values = {
        **terms.limits(chunk),
        "journal_id": journal_id,
        "today": today,
        "expires_on": terms.run.expires_on,
        "pool": GENERAL_POOL,
        "unit": POINTS,
        "issuer": issue_account("bill"),
    }
    row = work.execute(_POSTS[terms.first is not None, special], values).one()
    return Posted(
        row.posted_lines, row.frozen_lines, row.decreases, row.member_ids or (), row.points or (), row.available or ()
    )


def reject_frozen(work: Work, terms: Terms, chunk: Chunk) -> None:
    """The lines of frozen accounts that would have gained."""
    work.execute(_REJECT_FROZEN[terms.first is not None], terms.limits(chunk))


def finish_posting(work: Work, run_no: int, chunk: Chunk, posted: Posted, journal_id: int | None) -> None:
    """``journal_id``: None if nobody gained."""
    counts = {
        "posted_lines": posted.posted_lines,
        "rejected_lines": posted.frozen_lines,
        "points": sum(posted.points),
        "decreases": posted.decreases,
    }
    work.execute(_DONE, {"run_no": run_no, "chunk": chunk.number, "journal_id": journal_id, **counts})
