"""Lines of a bill run on their way from the file to their accounts, a batch a transaction.

Columns travel as array literals, which cost a third of lists of values; unlike COPY this needs no second copy of the
lines, and works in a process whose driver is cooperative.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.bill_lines import BadLine, Lines

LINE_KEY = "bill_line_pkey"
# A crash of the server may cost the newest batches and with them the mark of how far staging is: both are one.
_NEED_NOT_WAIT = sa.text("SET LOCAL synchronous_commit = off")
_MOVE_ON = sa.text("""
    UPDATE bill_run SET staged_bytes = :staged_bytes, sha256 = :sha256, lines = lines + :lines,
                        amount_fen = amount_fen + :amount_fen, rejected_lines = rejected_lines + :rejected_lines,
                        stopped_because = NULL
    WHERE no = :no AND staged_bytes = :before AND state = 'staging'
""")
_REJECT = sa.text("""
    INSERT INTO bill_reject (run_no, line_no, line_id, subscriber_no, reason)
    SELECT :run_no, * FROM unnest(CAST(:line_nos AS bigint[]), CAST(:line_ids AS text[]),
                                  CAST(:subscriber_nos AS text[]), CAST(:reasons AS text[]))
""")
# Accounts are found one by one, by a subquery on a unique key: a join would make the planner read all subscribers for
# every batch, without statistics for every line.
_LINE = """
    line AS MATERIALIZED (
        SELECT given.*, coalesce(given.charge_kind = ANY(:excluded_kinds), false) AS excluded,
               (SELECT wallet_id FROM holder WHERE subscriber_no = given.subscriber_no) AS account_id
        FROM unnest(CAST(:line_nos AS bigint[]), CAST(:line_ids AS text[]), CAST(:subscriber_nos AS text[]),
                    CAST(:paid_on AS date[]), CAST(:amounts_fen AS bigint[]), CAST(:points AS bigint[]),
                    CAST(:kinds AS text[]))
             AS given (line_no, line_id, subscriber_no, paid_on, amount_fen, points, charge_kind)
    )
"""
# In the order of accounts, in which the lines will be read: that index takes neighbours together.
_STAGE = sa.text(f"""
    WITH {_LINE}, kept AS (
        INSERT INTO bill_line (run_no, account_id, line_no, line_id, paid_on, amount_fen, points, charge_kind, excluded)
        SELECT :run_no, account_id, line_no, line_id, paid_on, amount_fen, points, nullif(charge_kind, ''), excluded
        FROM line ORDER BY account_id
    ), refused AS (
        INSERT INTO bill_reject (run_no, line_no, line_id, subscriber_no, reason)
        SELECT :run_no, line_no, line_id, subscriber_no, 'unknown_subscriber' FROM line WHERE account_id IS NULL
    )
    SELECT count(*) FILTER (WHERE account_id IS NULL) AS rejected_lines,
           count(*) FILTER (WHERE excluded AND account_id IS NOT NULL) AS excluded_lines,
           CAST(coalesce(sum(amount_fen) FILTER (WHERE excluded AND account_id IS NOT NULL), 0) AS bigint)
               AS excluded_fen
    FROM line
""")  # noqa: S608 — the inserted text is a constant
# The first line with an id keeps it, even if nobody knows its subscriber. To look for it before each line costs too
# much to be done for files that have none twice.
_STAGE_DOUBLES = sa.text(f"""
    WITH {_LINE}, kept AS (
        INSERT INTO bill_line (run_no, account_id, line_no, line_id, paid_on, amount_fen, points, charge_kind, excluded)
        SELECT :run_no, account_id, line_no, line_id, paid_on, amount_fen, points, nullif(charge_kind, ''), excluded
        FROM line ORDER BY line_no
        ON CONFLICT (run_no, line_id) DO NOTHING
        RETURNING line_no, amount_fen, excluded AND account_id IS NOT NULL AS excluded
    ), refused AS (
        INSERT INTO bill_reject (run_no, line_no, line_id, subscriber_no, reason)
        SELECT :run_no, line_no, line_id, subscriber_no,
               CASE WHEN line_no IN (SELECT line_no FROM kept) THEN 'unknown_subscriber' ELSE 'duplicate_line_id' END
        FROM line WHERE account_id IS NULL OR line_no NOT IN (SELECT line_no FROM kept)
        RETURNING line_no
    )
    SELECT (SELECT count(*) FROM refused) AS rejected_lines, count(*) FILTER (WHERE excluded) AS excluded_lines,
           CAST(coalesce(sum(amount_fen) FILTER (WHERE excluded), 0) AS bigint) AS excluded_fen
    FROM kept
""")  # noqa: S608
_JUDGED = sa.text("""
    UPDATE bill_run SET rejected_lines = rejected_lines + :rejected_lines,
                        excluded_lines = excluded_lines + :excluded_lines, excluded_fen = excluded_fen + :excluded_fen
    WHERE no = :no
""")


@dataclass(frozen=True)
class Batch:
    """Lines with their points, and how far the text is staged with them; ``sha256`` is its digest up to there."""

    lines: Lines
    points: Sequence[int]
    before: int
    staged_bytes: int
    sha256: bytes


def stage_batch(work: Work, run_no: int, batch: Batch, excluded_kinds: Sequence[str], doubles: bool = False) -> bool:
    """False if the run is not, or no longer, where the batch begins: then nothing is done.

    ``doubles``: ids of lines may come twice; otherwise one that does breaks the key of the lines (LINE_KEY).
    """
    work.execute(_NEED_NOT_WAIT)
    lines = batch.lines
    mark = {"before": batch.before, "staged_bytes": batch.staged_bytes, "sha256": batch.sha256}
    counts = {"lines": lines.count, "amount_fen": lines.amount_fen, "rejected_lines": len(lines.rejects)}
    if work.execute(_MOVE_ON, {"no": run_no, **mark, **counts}).rowcount == 0:
        return False
    if lines.rejects:
        _reject(work, run_no, lines.rejects)
    if lines.line_nos:
        _keep(work, run_no, batch, excluded_kinds, doubles)
    return True


def _keep(work: Work, run_no: int, batch: Batch, excluded_kinds: Sequence[str], doubles: bool) -> None:
    lines = batch.lines
    columns = {
        "line_nos": _numbers(lines.line_nos),
        "line_ids": _words(lines.line_ids),
        "subscriber_nos": _words(lines.subscriber_nos),
        "paid_on": _words(lines.paid_on),
        "amounts_fen": _numbers(lines.amounts_fen),
        "points": _numbers(batch.points),
        "kinds": _words(lines.kinds) if any(lines.kinds) else "{}",  # a column that is too short is null
    }
    stage = _STAGE_DOUBLES if doubles else _STAGE
    judged = work.execute(stage, {"run_no": run_no, "excluded_kinds": list(excluded_kinds), **columns}).one()
    if judged.rejected_lines or judged.excluded_lines:
        work.execute(_JUDGED, {"no": run_no, **judged._mapping})


def _reject(work: Work, run_no: int, rejects: Sequence[tuple[int, BadLine]]) -> None:
    columns = {
        "line_nos": [line_no for line_no, _ in rejects],
        "line_ids": [bad.line_id for _, bad in rejects],
        "subscriber_nos": [bad.subscriber_no for _, bad in rejects],
        "reasons": [bad.reason for _, bad in rejects],
    }
    work.execute(_REJECT, {"run_no": run_no, **columns})


def _words(values: Sequence[str]) -> str:
    """The reader lets no quote and no backslash into a field."""
    return '{"' + '","'.join(values) + '"}'


def _numbers(values: Sequence[int]) -> str:
    return "{" + str(list(values))[1:-1] + "}"
