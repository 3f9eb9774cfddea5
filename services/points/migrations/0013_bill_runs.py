"""Bill runs: forgiveness that is withdrawn, chunks that are put back or set aside.

Revision ID: 0013
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# What an earlier revision forgave and a later one says was due after all: of which claw-back, how many points. The
# index on claw-backs finds what was forgiven in a chunk, without reading all that were ever noted.
DUE_AFTER_ALL = """
CREATE TABLE bill_due_after_all (
    run_no bigint NOT NULL REFERENCES bill_run (no),
    journal_id bigint NOT NULL,
    account_id bigint NOT NULL,
    points bigint NOT NULL CHECK (points > 0),
    PRIMARY KEY (account_id, journal_id, run_no),
    FOREIGN KEY (journal_id, account_id) REFERENCES claw_back (journal_id, account_id)
);
CREATE TRIGGER bill_due_after_all_append_only BEFORE UPDATE OR DELETE ON bill_due_after_all
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bill_due_after_all_not_truncated BEFORE TRUNCATE ON bill_due_after_all
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE INDEX claw_back_forgiven ON claw_back (account_id, journal_id) WHERE forgiven > 0
"""

# ``put_back`` counts how often a chunk waited in vain for a wallet: others come first then. One with a fault is set
# aside until somebody resumes the run.
CHUNKS = """
ALTER TABLE bill_chunk
    ADD COLUMN put_back int NOT NULL DEFAULT 0 CHECK (put_back >= 0),
    ADD COLUMN stopped_because text,
    ADD CONSTRAINT bill_chunk_stopped CHECK (
        stopped_because IS NULL OR posted_at IS NULL OR decreases_after IS NOT NULL);
DROP INDEX bill_chunk_open;
CREATE INDEX bill_chunk_open ON bill_chunk (run_no, put_back, chunk)
    WHERE posted_at IS NULL OR decreases_after IS NOT NULL
"""


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    for step in (DUE_AFTER_ALL, CHUNKS):
        cursor.execute(step)


def downgrade() -> None:
    raise NotImplementedError("an append-only ledger does not go back: restore a backup")
