"""A book of very many wallets: one of every member, each with points that live long and a subscriber number."""

from datetime import date

import sqlalchemy as sa

from services.chassis.data.database import make_engine
from services.chassis.migrate import migrate
from tests.load.ledger_book import FIRST_MEMBER

POINTS_THAT_LIVE, LAST_DAY = 1_000_000, date(2100, 12, 31)
FIRST_SUBSCRIBER = 13_000_000_000
_NUMBERED = f"""
    SELECT 'mbr_' || lpad(({FIRST_MEMBER} + n)::text, 32, '0') AS member_id,
           ({FIRST_SUBSCRIBER} + n)::text AS subscriber
    FROM generate_series(0, :wallets - 1) AS n
"""  # noqa: S608 — numbers
_OPEN = f"""
    INSERT INTO holder (member_id, subscriber_no, state, state_sequence, state_at)
    SELECT member_id, subscriber, 'active', 1, now() FROM ({_NUMBERED}) AS numbered;
    INSERT INTO account (unit, kind, owner) SELECT 'PTS', 'wallet', member_id FROM ({_NUMBERED}) AS numbered;
    UPDATE holder SET wallet_id = account.id FROM account WHERE kind = 'wallet' AND owner = member_id
"""  # noqa: S608 — what is inserted is the constant above
_DEAL = """
    UPDATE account SET posted = posted + :points, lifetime = lifetime + :points, version = version + 1
    WHERE kind = 'wallet';
    INSERT INTO bucket (account_id, expires_on, remaining)
    SELECT id, CAST(:day AS date), :points FROM account WHERE kind = 'wallet' ORDER BY id;
    INSERT INTO journal (id, idem, kind, fingerprint, source, happened_at, channel, actor, result)
    VALUES (draw_journal_id(), 'deal:' || :day, 'accrual', '', 'campaign', :day, 'ops', 'bench', '{}');
    INSERT INTO entry (journal_id, seq, account_id, unit, amount, pool, expires_on)
    SELECT journal.id, row_number() OVER (), account.id, 'PTS', :points, 0, CAST(:day AS date)
    FROM account, journal WHERE account.kind = 'wallet' AND journal.idem = 'deal:' || :day
    UNION ALL
    SELECT journal.id, 0, account.id, 'PTS',
           -:points * (SELECT count(*) FROM account WHERE kind = 'wallet'), NULL, NULL
    FROM account, journal
    WHERE account.unit = 'PTS' AND account.owner = 'issue:campaign' AND journal.idem = 'deal:' || :day
"""


class WalletBook:
    """The members are those of ``ledger_book.member_id``."""

    def __init__(self, url: str, wallets: int) -> None:
        self.url, self.wallets = url, wallets
        migrate("points", url)
        self.engine = make_engine(url, 1)
        self._run(_OPEN, wallets=wallets)
        self.deal(LAST_DAY, POINTS_THAT_LIVE)

    def deal(self, day: date, points: int) -> None:
        """To every wallet, in a bucket that ends on ``day``. The tables are then as tidy as autovacuum keeps them."""
        self._run(_DEAL, day=day.isoformat(), points=points)
        self.tidy()

    def close(self) -> None:
        """Its sessions end, and report what they did."""
        self.engine.dispose()

    def tidy(self) -> None:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("holder", "account", "bucket", "entry"):
                connection.execute(sa.text(f"VACUUM (ANALYZE) {table}"))

    def _run(self, script: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            for statement in script.split(";\n"):
                used = {name: value for name, value in values.items() if f":{name}" in statement}
                connection.execute(sa.text(statement), used)


def subscriber(number: int) -> str:
    return str(FIRST_SUBSCRIBER + number)
