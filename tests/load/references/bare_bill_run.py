"""The reference of the bill-run benchmark: a file copied into a table, then posted by SQL, 10,000 wallets at once.

It leaves the same rows in wallets, buckets and entries as ours. It trusts the file: no line is judged or rejected, no
control total compared, nobody told. It begins anew when it is stopped, and then posts twice.
"""

import io
import os
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from services.chassis.data.database import make_engine

AT_ONCE = 10_000
LONGEST_TRAILER = 100
EXPIRES_ON = "2028-12-31"
_STAGE = """
    CREATE UNLOGGED TABLE bare_line (
        line_id text PRIMARY KEY, subscriber_no text NOT NULL, paid_on date NOT NULL, charge_yuan numeric NOT NULL);
    CREATE UNLOGGED TABLE bare_due (
        place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id bigint NOT NULL, points bigint NOT NULL)
"""
_DUE = sa.text("""
    INSERT INTO bare_due (account_id, points)
    SELECT account.id, sum(floor(charge_yuan)) FROM bare_line JOIN holder USING (subscriber_no)
    JOIN account ON account.owner = holder.member_id AND account.unit = 'PTS' AND account.kind = 'wallet'
    GROUP BY account.id ORDER BY account.id
""")
_POST = sa.text("""
    WITH due AS MATERIALIZED (
        SELECT account_id, points, place - :after AS seq FROM bare_due
        WHERE place > :after AND place <= :after + :at_once AND points > 0
    ), journal_row AS (
        INSERT INTO journal (id, idem, kind, fingerprint, source, happened_at, channel, actor, result)
        VALUES (draw_journal_id(), 'bare:' || gen_random_uuid(), 'accrual', '', 'bill', now(), 'ops', 'bench', '{}')
        RETURNING id
    ), wallet AS (
        UPDATE account SET posted = posted + due.points, lifetime = lifetime + due.points, version = version + 1
        FROM due WHERE account.id = due.account_id
    ), filled AS (
        INSERT INTO bucket (account_id, expires_on, remaining)
        SELECT account_id, CAST(:expires_on AS date), points FROM due ORDER BY account_id
        ON CONFLICT (account_id, pool, expires_on) DO UPDATE SET remaining = bucket.remaining + excluded.remaining
    ), written AS (
        INSERT INTO entry (journal_id, seq, account_id, unit, amount, pool, expires_on)
        SELECT journal_row.id, seq, account_id, 'PTS', points, 0, CAST(:expires_on AS date) FROM due, journal_row
        UNION ALL
        SELECT journal_row.id, 0, account.id, 'PTS', -(SELECT sum(points) FROM due), NULL, NULL
        FROM journal_row, account WHERE unit = 'PTS' AND kind = 'system' AND owner = 'issue:bill'
    )
    SELECT count(*) FROM due
""")


def import_file(url: str, path: Path) -> int:
    """How many wallets got points."""
    engine = make_engine(url, 1)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("SET statement_timeout = 0"))
            _stage(connection, path)
            wallets = connection.execute(_DUE).rowcount
        return sum(_post(engine, after) for after in range(0, wallets, AT_ONCE))
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE IF EXISTS bare_line, bare_due"))
        engine.dispose()


def _stage(connection: sa.Connection, path: Path) -> None:
    connection.exec_driver_sql(_STAGE)
    with path.open("rb") as file:
        connection.connection.cursor().copy_expert("COPY bare_line FROM STDIN (FORMAT csv)", _Lines(file))


def _post(engine: sa.Engine, after: int) -> int:
    with engine.begin() as connection:
        values = {"after": after, "at_once": AT_ONCE, "expires_on": EXPIRES_ON}
        return int(connection.execute(_POST, values).scalar_one())


class _Lines(io.RawIOBase):
    """What stands between the two lines of the head and the trailer."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(-LONGEST_TRAILER, os.SEEK_END)
        self.end = file.tell() + file.read().rindex(b"#total")
        file.seek(0)
        self.start = len(file.readline()) + len(file.readline())
        file.seek(self.start)
        self.file = file

    def read(self, size: int = -1) -> bytes:
        left = self.end - self.file.tell()
        return self.file.read(min(size, left) if size >= 0 else left)
