"""Write-offs as documents, and why the count policy says what it says."""

from alembic import op

revision = "0013"
down_revision = "0012"

# Who approves is not who asked: what comes before the colon of an actor is the door (chassis/persons.py).
WRITE_OFFS = """
CREATE TABLE write_off (
    write_off_id text PRIMARY KEY,
    element_id text NOT NULL REFERENCES element,
    place_id text NOT NULL REFERENCES place,
    quantity bigint NOT NULL CHECK (quantity > 0),
    cause text NOT NULL CHECK (cause IN ('damaged', 'stolen', 'expired')),
    status text NOT NULL CHECK (status IN ('requested', 'posted', 'rejected')),
    reason text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    decided_by text,
    changed_at timestamptz NOT NULL,
    changed_because text NOT NULL,
    CHECK (status <> 'posted' OR decided_by IS NULL
           OR lower(regexp_replace(decided_by, '^[^:]*:', '')) <> lower(regexp_replace(asked_by, '^[^:]*:', '')))
);
CREATE INDEX write_off_newest ON write_off (asked_at, write_off_id);
CREATE INDEX write_off_alone ON write_off (element_id, place_id, asked_at)
    WHERE status = 'posted' AND decided_by IS NULL;
ALTER TABLE count_policy ADD COLUMN reason text NOT NULL DEFAULT 'the first one';
ALTER TABLE count_policy ALTER COLUMN reason DROP DEFAULT;
CREATE TRIGGER count_policy_append_only BEFORE UPDATE OR DELETE ON count_policy
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(WRITE_OFFS)


def downgrade() -> None:
    op.execute("DROP TRIGGER count_policy_append_only ON count_policy")
    op.execute("ALTER TABLE count_policy DROP COLUMN reason")
    op.execute("DROP TABLE write_off")
