"""What a point is worth, how many are never redeemed, and closed months.

Revision ID: 0009
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Money of a point or coin is in fen with six decimals. Source '*' serves sources without a row of their own. How points
# are paid for: by a sale that earns them (fen: what is paid for one point), by being sold themselves, or not at all.
TABLES = """
CREATE TABLE point_value (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit text NOT NULL CHECK (unit IN ('PTS', 'COIN')),
    fen numeric(12, 6) NOT NULL CHECK (fen > 0),
    effective_from date NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE point_consideration (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit text NOT NULL CHECK (unit IN ('PTS', 'COIN')),
    source text NOT NULL CHECK (source <> ''),
    basis text NOT NULL CHECK (basis IN ('sale', 'sold', 'given')),
    fen numeric(12, 6) CHECK (fen > 0),
    effective_from date NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT point_consideration_price CHECK ((basis = 'given') = (fen IS NULL))
);
CREATE TABLE breakage_assumption (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit text NOT NULL CHECK (unit IN ('PTS', 'COIN')),
    source text NOT NULL CHECK (source <> ''),
    share numeric(7, 6) NOT NULL CHECK (share BETWEEN 0 AND 1),
    effective_from date NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""

# Each close names the one it goes on from, and no two the same; exactly one goes on from nothing. A draft is what the
# nightly job last made of a month that is open, and is made anew.
CLOSES = """
CREATE TABLE liability_close (
    month text PRIMARY KEY CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    follows text CONSTRAINT liability_close_follows UNIQUE REFERENCES liability_close (month) CHECK (follows < month),
    booked_by timestamptz NOT NULL,
    closed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL CHECK (actor <> ''),
    report jsonb NOT NULL,
    layers jsonb NOT NULL,
    hash bytea NOT NULL
);
CREATE TABLE liability_draft (
    month text PRIMARY KEY CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    booked_by timestamptz NOT NULL,
    report jsonb NOT NULL
);
CREATE UNIQUE INDEX liability_close_first ON liability_close ((follows IS NULL)) WHERE follows IS NULL;
CREATE TRIGGER liability_close_append_only BEFORE UPDATE OR DELETE ON liability_close
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER liability_close_not_truncated BEFORE TRUNCATE ON liability_close
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""

# A point is worth a fen: whatever the mall sells for points alone or for money alone costs as many points as fen. A
# coin is a yuan. Bills and purchases earn a point a yuan; top-ups are sold; nobody pays for any other points.
# No breakage is assumed: without a history nobody can expect any (IFRS 15.B46), so all is deferred. History counts
# from two years on: points live up to three, and a year of it would show one season only.
DEFAULTS = """
INSERT INTO point_value (unit, fen, effective_from, actor) VALUES
    ('PTS', 1, '2000-01-01', 'migration'),
    ('COIN', 100, '2000-01-01', 'migration');
INSERT INTO point_consideration (unit, source, basis, fen, effective_from, actor) VALUES
    ('PTS', '*', 'given', NULL, '2000-01-01', 'migration'),
    ('PTS', 'bill', 'sale', 100, '2000-01-01', 'migration'),
    ('PTS', 'purchase', 'sale', 100, '2000-01-01', 'migration'),
    ('PTS', 'top_up', 'sold', 1, '2000-01-01', 'migration'),
    ('COIN', '*', 'given', NULL, '2000-01-01', 'migration'),
    ('COIN', 'top_up', 'sold', 100, '2000-01-01', 'migration');
INSERT INTO breakage_assumption (unit, source, share, effective_from, actor) VALUES
    ('PTS', '*', 0, '2000-01-01', 'migration'),
    ('COIN', '*', 0, '2000-01-01', 'migration');
INSERT INTO ledger_setting (name, value, effective_from, actor) VALUES
    ('breakage_history_months', 24, '2000-01-01', 'migration'),
    ('breakage_history_points', 100000, '2000-01-01', 'migration')
"""


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    for step in (TABLES, CLOSES, DEFAULTS):
        cursor.execute(step)


def downgrade() -> None:
    op.execute("DELETE FROM ledger_setting WHERE name IN ('breakage_history_months', 'breakage_history_points')")
    for table in ("liability_draft", "liability_close", "breakage_assumption", "point_consideration", "point_value"):
        op.execute(f"DROP TABLE {table}")
