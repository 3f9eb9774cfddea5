"""What nightly audits of the stock found."""

from alembic import op

revision = "0011"
down_revision = "0010"

RUNS = """
CREATE TABLE audit_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    findings jsonb NOT NULL CHECK (jsonb_typeof(findings) = 'array'),
    actor text NOT NULL
);
CREATE TRIGGER audit_run_append_only BEFORE UPDATE OR DELETE ON audit_run
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute(RUNS)


def downgrade() -> None:
    op.execute("DROP TABLE audit_run")
