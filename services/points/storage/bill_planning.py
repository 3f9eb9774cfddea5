"""The accounts of a staged bill run cut into chunks, some at a time.

Chunks touch, and cover all account numbers: none may be left out that a corrected file no longer names.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.data.work import Work

LAST_ACCOUNT = 2**63 - 1

_PLANNED = sa.text("""
    SELECT count(*) AS chunks, coalesce(max(last_account), 0) AS last_account FROM bill_chunk WHERE run_no = :run_no
""")
_EVERY_NTH = sa.text("""
    SELECT account_id FROM (
        SELECT account_id, row_number() OVER (ORDER BY account_id) AS place FROM (
            SELECT DISTINCT account_id FROM bill_line
            WHERE run_no = :run_no AND account_id > :after ORDER BY account_id LIMIT :wallets * :most) AS following
    ) AS placed WHERE place % :wallets = 0 ORDER BY account_id
""")
# As far as earlier revisions cut: what they posted in one of their chunks must not be too much for one of these.
_CUT_BEFORE = sa.text("""
    SELECT DISTINCT last_account FROM bill_chunk JOIN bill_run ON bill_run.no = bill_chunk.run_no
    WHERE bill_run.run_id = :run_id AND bill_run.state = 'posted' AND last_account > :after AND last_account < :until
""")
_CUT = sa.text("""
    INSERT INTO bill_chunk (run_no, chunk, first_account, last_account)
    SELECT :run_no, :chunks + place - 1, 1 + lag(last_account, 1, :after) OVER (ORDER BY place), last_account
    FROM unnest(CAST(:last_accounts AS bigint[])) WITH ORDINALITY AS cut (last_account, place)
""")


def planned(work: Work, run_no: int) -> tuple[int, int]:
    """(chunks so far, the last account that they cover); the run must be locked."""
    row = work.execute(_PLANNED, {"run_no": run_no}).one()
    return row.chunks, row.last_account


def every_nth_account(work: Work, run_no: int, after: int, wallets: int, most: int) -> list[int]:
    """At most ``most`` accounts of the run's lines, each ``wallets`` further than the one before it."""
    values = {"run_no": run_no, "after": after, "wallets": wallets, "most": most}
    return list(work.execute(_EVERY_NTH, values).scalars())


def cut_before(work: Work, run_id: str, after: int, until: int) -> list[int]:
    """Where the chunks of earlier revisions end, between these accounts."""
    return list(work.execute(_CUT_BEFORE, {"run_id": run_id, "after": after, "until": until}).scalars())


def add_chunks(work: Work, run_no: int, chunks: int, after: int, last_accounts: Sequence[int]) -> None:
    """Chunks number ``chunks`` and following; the first begins after account ``after``."""
    values = {"run_no": run_no, "chunks": chunks, "after": after, "last_accounts": list(last_accounts)}
    work.execute(_CUT, values)
