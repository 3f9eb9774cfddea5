"""Bill runs in steps: revisions, requests from outside, exclusions and caps.

Revision ID: 0007
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# ``sha256`` is the digest of the first ``staged_bytes`` of the text, in the end of all of it: by it an interrupted file
# is known again. ``at_service``: the service works on it, by the file ``drop_file`` of its folder as long as it needs
# one. What never posts makes way: the same revision may come again.
RUNS = """
ALTER TABLE bill_run
    ADD COLUMN revision int NOT NULL DEFAULT 1 CHECK (revision >= 1),
    ADD COLUMN rule_id bigint REFERENCES bill_accrual_rule (id),
    ADD COLUMN drop_file text,
    ADD COLUMN at_service boolean NOT NULL DEFAULT false,
    ADD COLUMN stopped_because text,
    ADD COLUMN staged_bytes bigint NOT NULL DEFAULT 0 CHECK (staged_bytes >= 0),
    ADD COLUMN excluded_lines bigint NOT NULL DEFAULT 0 CHECK (excluded_lines >= 0),
    ADD COLUMN excluded_fen bigint NOT NULL DEFAULT 0 CHECK (excluded_fen >= 0),
    ADD COLUMN purged_at timestamptz,
    DROP CONSTRAINT bill_run_id,
    DROP CONSTRAINT bill_run_check,
    DROP CONSTRAINT bill_run_state_check,
    ADD CONSTRAINT bill_run_state CHECK (
        state IN ('staging', 'staged', 'posting', 'posted', 'refused', 'abandoned')),
    ADD CONSTRAINT bill_run_agreed CHECK (
        state IN ('staging', 'refused', 'abandoned')
        OR (sha256 IS NOT NULL AND lines = declared_lines AND amount_fen = declared_fen)),
    SET (fillfactor = 50);
CREATE UNIQUE INDEX bill_run_revision ON bill_run (run_id, revision) WHERE state NOT IN ('refused', 'abandoned')
"""

# A line without an account is rejected; it keeps its line id taken. Foreign keys would cost staging a fifth of its
# time; runs are never deleted. Line ids are compared byte by byte: in any other collation that index is the dearest.
LINES = """
ALTER TABLE bill_line
    DROP CONSTRAINT bill_line_run_no_fkey,
    DROP CONSTRAINT bill_line_pkey,
    ALTER COLUMN account_id DROP NOT NULL,
    ALTER COLUMN line_id TYPE text COLLATE "C",
    ADD COLUMN charge_kind text,
    ADD COLUMN excluded boolean NOT NULL DEFAULT false,
    ADD PRIMARY KEY (run_no, line_id);
CREATE INDEX bill_line_account ON bill_line (run_no, account_id);
ALTER TABLE bill_reject DROP CONSTRAINT bill_reject_run_no_fkey
"""

# Chunks cover all account numbers, so that one also finds who has left a corrected file. ``decreases_after``:
# claw-backs of this chunk are settled up to that account; null: none are to be settled.
CHUNKS = """
ALTER TABLE bill_chunk
    ADD COLUMN clawed_back bigint NOT NULL DEFAULT 0 CHECK (clawed_back >= 0),
    ADD COLUMN decreases_after bigint,
    ADD CONSTRAINT bill_chunk_decreases CHECK (decreases_after IS NULL OR posted_at IS NOT NULL),
    SET (fillfactor = 50);
CREATE INDEX bill_chunk_open ON bill_chunk (run_no, chunk) WHERE posted_at IS NULL OR decreases_after IS NOT NULL
"""

# Gifted charges and those collected for others earn nothing, as operators have it; kinds are what their billing says.
RULES = """
ALTER TABLE bill_accrual_rule
    ADD COLUMN largest_points_per_member bigint CHECK (largest_points_per_member > 0),
    ADD COLUMN excluded_kinds text[] NOT NULL DEFAULT '{}' CHECK (array_position(excluded_kinds, NULL) IS NULL),
    ADD COLUMN decreases text NOT NULL DEFAULT 'debt' CHECK (decreases IN ('within_balance', 'debt'));
INSERT INTO bill_accrual_rule (points_per_yuan, largest_points_per_line, excluded_kinds, effective_from, actor) VALUES
    (1, 1000000, '{gifted,agency}', '2000-01-01', 'migration');
INSERT INTO ledger_setting (name, value, effective_from, actor) VALUES
    ('bill_line_retention_days', 400, '2000-01-01', 'migration'),
    ('bill_claw_backs_at_once', 20, '2000-01-01', 'migration')
"""

# A bill run updates every wallet and bucket of a page in one transaction: a page that is not half empty cannot take the
# new versions, and every index gets entries. By hash an account is found at a third of what the tree of texts costs.
HOT_PATH = """
ALTER TABLE account SET (fillfactor = 45);
ALTER TABLE bucket SET (fillfactor = 45);
CREATE INDEX account_by_owner ON account USING hash (owner);
CREATE INDEX holder_by_subscriber ON holder USING hash (subscriber_no)
"""


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    for step in (RUNS, LINES, CHUNKS, RULES, HOT_PATH):
        cursor.execute(step)


def downgrade() -> None:
    raise NotImplementedError("an append-only ledger does not go back: restore a backup")
