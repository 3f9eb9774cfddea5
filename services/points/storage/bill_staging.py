"""Lines of a bill run on their way from the file to their accounts.

They are copied into a temporary table, judged there by one statement and kept in account order. All of it belongs to
the staging transaction: after a crash nothing of it is left.
"""

import io
from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.bill_file import BadLine, Charge

_OPEN = sa.text("""
    CREATE TEMPORARY TABLE bill_stage (
        line_no bigint NOT NULL, line_id text NOT NULL, subscriber_no text NOT NULL,
        paid_on date NOT NULL, amount_fen bigint NOT NULL, points bigint NOT NULL
    ) ON COMMIT DROP
""")
# The work of one operator's process may take minutes; the limits of a request do not fit it.
_AT_LEISURE = sa.text("SET LOCAL statement_timeout = 0")
_ROOM_TO_SORT = sa.text("SET LOCAL work_mem = '64MB'")
_COPY = "COPY bill_stage FROM STDIN"
_REJECT = sa.text("""
    INSERT INTO bill_reject (run_no, line_no, line_id, subscriber_no, reason)
    SELECT :run_no, * FROM unnest(CAST(:line_nos AS bigint[]), CAST(:line_ids AS text[]),
                                  CAST(:subscriber_nos AS text[]), CAST(:reasons AS text[]))
""")
_ANALYZE = sa.text("ANALYZE bill_stage")
_JUDGE = sa.text("""
    WITH judged AS MATERIALIZED (
        SELECT stage.*, account.id AS account_id,
               row_number() OVER (PARTITION BY stage.line_id ORDER BY stage.line_no) AS place
        FROM bill_stage AS stage
        LEFT JOIN holder ON holder.subscriber_no = stage.subscriber_no
        LEFT JOIN account ON account.unit = 'PTS' AND account.kind = 'wallet' AND account.owner = holder.member_id
    ), refused AS (
        INSERT INTO bill_reject (run_no, line_no, line_id, subscriber_no, reason)
        SELECT :run_no, line_no, line_id, subscriber_no,
               CASE WHEN place > 1 THEN 'duplicate_line_id' ELSE 'unknown_subscriber' END
        FROM judged WHERE place > 1 OR account_id IS NULL
    )
    INSERT INTO bill_line (run_no, account_id, line_no, line_id, paid_on, amount_fen, points)
    SELECT :run_no, account_id, line_no, line_id, paid_on, amount_fen, points
    FROM judged WHERE place = 1 AND account_id IS NOT NULL ORDER BY account_id, line_no
""")
_PLAN = sa.text("""
    INSERT INTO bill_chunk (run_no, chunk, first_account, last_account)
    SELECT :run_no, (place - 1) / :wallets, min(account_id), max(account_id)
    FROM (SELECT account_id, row_number() OVER (ORDER BY account_id) AS place
          FROM (SELECT DISTINCT account_id FROM bill_line WHERE run_no = :run_no) AS accounts) AS placed
    GROUP BY 2
""")
_REJECTED = sa.text("SELECT count(*) FROM bill_reject WHERE run_no = :run_no")


def open_stage(work: Work) -> None:
    for statement in (_AT_LEISURE, _ROOM_TO_SORT, _OPEN):
        work.execute(statement)


def stage_charges(work: Work, charges: Sequence[tuple[int, Charge, int]]) -> None:
    """``charges``: (line number, charge, points)."""
    rows = (
        f"{line_no}\t{charge.line_id}\t{charge.subscriber_no}\t{charge.paid_on}\t{charge.amount_fen}\t{points}\n"
        for line_no, charge, points in charges
    )
    driver = work.connection.connection.cursor()  # the reader lets no tab, backslash or line end into a field
    driver.copy_expert(_COPY, io.StringIO("".join(rows)))


def reject_lines(work: Work, run_no: int, rejects: Sequence[tuple[int, BadLine]]) -> None:
    """``rejects``: (line number, why)."""
    if not rejects:
        return
    columns = {
        "line_nos": [line_no for line_no, _ in rejects],
        "line_ids": [bad.line_id for _, bad in rejects],
        "subscriber_nos": [bad.subscriber_no for _, bad in rejects],
        "reasons": [bad.reason for _, bad in rejects],
    }
    work.execute(_REJECT, {"run_no": run_no, **columns})


def assign_lines(work: Work, run_no: int, wallets_per_chunk: int) -> int:
    """Give every line its account or a reject, and cut the accounts into chunks. Returns the rejects so far."""
    work.execute(_ANALYZE)
    work.execute(_JUDGE, {"run_no": run_no})
    work.execute(_PLAN, {"run_no": run_no, "wallets": wallets_per_chunk})
    return int(work.execute(_REJECTED, {"run_no": run_no}).scalar_one())
