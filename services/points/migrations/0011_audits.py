"""How far the audits are, and what they found.

Revision ID: 0011
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Breaches stay where they are found: the next run tells whether they are still there.
RUNS = """
CREATE TABLE audit_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('incremental', 'full')),
    upto_journal bigint NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    findings jsonb NOT NULL CHECK (jsonb_typeof(findings) = 'array'),
    actor text NOT NULL
);
CREATE INDEX audit_run_kind ON audit_run (kind, id)
"""

SETTINGS = """
INSERT INTO ledger_setting (name, value, effective_from, actor) VALUES
    ('audit_slice_lines', 50000, '2000-01-01', 'migration'),
    ('audit_touched_lines', 1000000, '2000-01-01', 'migration')
"""


def upgrade() -> None:
    for step in (RUNS, SETTINGS):
        op.get_bind().connection.cursor().execute(step)


def downgrade() -> None:
    raise NotImplementedError("an append-only ledger does not go back: restore a backup")
