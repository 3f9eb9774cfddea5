"""Coins beside points, two clocks and a channel on every journal, debts, and ids that become final.

Revision ID: 0004
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What a member owes stands on the wallet's row, so that earning needs no second lock; the debt account is derived.
ACCOUNTS = """
ALTER TABLE account
    ADD COLUMN owed bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT account_covered,
    DROP CONSTRAINT account_derived,
    ADD CONSTRAINT account_covered CHECK (
        kind <> 'wallet' OR (posted >= 0 AND held >= 0 AND held <= posted AND lifetime >= 0 AND owed >= 0)),
    ADD CONSTRAINT account_derived CHECK (
        kind = 'wallet' OR (posted = 0 AND held = 0 AND lifetime = 0 AND owed = 0 AND version = 0));
INSERT INTO account (unit, kind, owner)
SELECT 'COIN', 'system', owner FROM account WHERE unit = 'PTS' AND kind = 'system' ORDER BY id;
INSERT INTO account (unit, kind, owner) VALUES
    ('PTS', 'system', 'exchange'), ('COIN', 'system', 'exchange'), ('CNY', 'system', 'exchange'),
    ('CNY', 'system', 'cash:received')
"""

# happened_at is the day's first moment where only a day was known. posted_at is read while the wallet is locked, so
# that the journals of one wallet are booked in the order of their numbers.
JOURNALS = """
ALTER TABLE journal DROP COLUMN xid;
ALTER TABLE journal
    ALTER COLUMN effective_on TYPE timestamptz USING (effective_on::timestamp AT TIME ZONE 'Asia/Shanghai');
ALTER TABLE journal RENAME COLUMN effective_on TO happened_at;
ALTER TABLE journal
    ADD COLUMN effective_on date NOT NULL GENERATED ALWAYS AS ((happened_at AT TIME ZONE 'Asia/Shanghai')::date) STORED,
    ADD COLUMN channel text NOT NULL DEFAULT 'internal',
    ADD COLUMN rule text,
    ALTER COLUMN posted_at SET DEFAULT clock_timestamp(),
    DROP CONSTRAINT journal_kind_check,
    ADD CONSTRAINT journal_kind CHECK (kind IN (
        'accrual', 'hold', 'capture', 'release', 'refund', 'expiry', 'clawback', 'gift', 'exchange', 'top_up',
        'adjustment', 'repeat'));
ALTER TABLE journal ALTER COLUMN channel DROP DEFAULT;
CREATE INDEX journal_corrects ON journal (corrects) WHERE corrects IS NOT NULL
"""

# Whoever draws an id holds this lock, shared, until its transaction ends: so it can be known which ids are final,
# that is, committed or never to be.
DRAWING = """
CREATE FUNCTION draw_journal_id() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(73001);
    RETURN nextval('journal_id_seq');
END $$
"""

HOLDS = """
ALTER TABLE hold_bucket DROP CONSTRAINT hold_bucket_hold_id_fkey, DROP CONSTRAINT hold_bucket_pkey;
ALTER TABLE hold DROP CONSTRAINT hold_pkey;
ALTER TABLE hold RENAME COLUMN id TO order_id;
ALTER TABLE hold_bucket RENAME COLUMN hold_id TO order_id;
ALTER TABLE hold ADD COLUMN unit text NOT NULL DEFAULT 'PTS' CHECK (unit IN ('PTS', 'COIN'));
ALTER TABLE hold_bucket ADD COLUMN unit text NOT NULL DEFAULT 'PTS' CHECK (unit IN ('PTS', 'COIN'));
ALTER TABLE hold ALTER COLUMN unit DROP DEFAULT, ADD PRIMARY KEY (order_id, unit);
ALTER TABLE hold_bucket
    ALTER COLUMN unit DROP DEFAULT,
    ADD PRIMARY KEY (order_id, unit, pool, expires_on),
    ADD FOREIGN KEY (order_id, unit) REFERENCES hold (order_id, unit)
"""


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    for step in (ACCOUNTS, JOURNALS, DRAWING, HOLDS):
        cursor.execute(step)


def downgrade() -> None:
    raise NotImplementedError("an append-only ledger does not go back: restore a backup")
