"""Stock counts: what was counted, what should have been there at that moment, and who settled the difference."""

from alembic import op

revision = "0012"
down_revision = "0011"

# Who approves is not who counted: what comes before the colon of an actor is the door (chassis/persons.py).
COUNTS = """
CREATE TABLE stock_count (
    count_id text PRIMARY KEY,
    place_id text NOT NULL REFERENCES place,
    status text NOT NULL CHECK (status IN ('counting', 'submitted', 'posted', 'cancelled')),
    reason text NOT NULL,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    submitted_by text,
    approved_by text,
    changed_at timestamptz NOT NULL,
    changed_because text NOT NULL,
    CHECK (status NOT IN ('submitted', 'posted') OR submitted_by IS NOT NULL),
    CHECK (approved_by IS NULL OR lower(regexp_replace(approved_by, '^[^:]*:', ''))
                                  <> lower(regexp_replace(submitted_by, '^[^:]*:', '')))
);
CREATE INDEX stock_count_newest ON stock_count (opened_at, count_id);
CREATE TABLE stock_count_line (
    count_id text NOT NULL REFERENCES stock_count,
    element_id text NOT NULL REFERENCES element,
    at_start bigint NOT NULL,
    expected bigint,
    counted bigint CHECK (counted >= 0),
    counted_by text,
    counted_at timestamptz,
    PRIMARY KEY (count_id, element_id),
    CHECK ((counted IS NULL) = (expected IS NULL) AND (counted IS NULL) = (counted_by IS NULL))
);
CREATE TABLE count_policy (
    effective_from timestamptz PRIMARY KEY,
    most_units int NOT NULL CHECK (most_units >= 0),
    actor text NOT NULL
);
INSERT INTO count_policy VALUES ('-infinity', 5, 'migration');
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(COUNTS)


def downgrade() -> None:
    op.execute("DROP TABLE count_policy, stock_count_line, stock_count")
