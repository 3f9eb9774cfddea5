"""Rules as rows: how long points live, what a bill earns, what joining earns, and the ledger's own settings.

Revision ID: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Rules are never changed: a newer row takes over from its effective_from on. Source '*' serves sources without a row.
TABLES = """
CREATE TABLE expiry_policy (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    pool smallint NOT NULL DEFAULT 0,
    rule text NOT NULL CHECK (rule IN ('fixed_months', 'end_of_year', 'rolling_years', 'never')),
    amount int NOT NULL CHECK (amount >= 0 AND amount <= 1200),
    effective_from date NOT NULL,
    actor text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (rule NOT IN ('fixed_months', 'rolling_years') OR amount >= 1)
);
CREATE TABLE bill_accrual_rule (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    points_per_yuan numeric(9, 4) NOT NULL CHECK (points_per_yuan >= 0),
    largest_points_per_line bigint CHECK (largest_points_per_line > 0),
    effective_from date NOT NULL,
    actor text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE sign_up_bonus (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    points bigint NOT NULL CHECK (points >= 0),
    effective_from date NOT NULL,
    actor text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE ledger_setting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    value bigint NOT NULL CHECK (value >= 0),
    effective_from date NOT NULL,
    actor text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
)
"""

DEFAULTS = """
INSERT INTO expiry_policy (source, rule, amount, effective_from, actor) VALUES
    ('*', 'rolling_years', 3, '2000-01-01', 'migration'),
    ('bill', 'rolling_years', 3, '2000-01-01', 'migration');
INSERT INTO bill_accrual_rule (points_per_yuan, largest_points_per_line, effective_from, actor) VALUES
    (1, 1000000, '2000-01-01', 'migration');
INSERT INTO sign_up_bonus (points, effective_from, actor) VALUES (50, '2000-01-01', 'migration');
INSERT INTO ledger_setting (name, value, effective_from, actor) VALUES
    ('refund_grace_days', 30, '2000-01-01', 'migration'),
    ('hold_extension_s', 300, '2000-01-01', 'migration'),
    ('bill_chunk_wallets', 1000, '2000-01-01', 'migration'),
    ('partition_months_ahead', 3, '2000-01-01', 'migration'),
    ('hold_overdue_alarm_s', 900, '2000-01-01', 'migration')
"""


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(TABLES)
    op.get_bind().connection.cursor().execute(DEFAULTS)


def downgrade() -> None:
    for table in ("ledger_setting", "sign_up_bonus", "bill_accrual_rule", "expiry_policy"):
        op.execute(f"DROP TABLE {table}")
