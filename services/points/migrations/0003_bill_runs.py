"""Bill runs: files of paid charges on their way to points.

Revision ID: 0003
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Lines are ordered by account, so that a chunk of wallets is one short range of the primary key.
TABLES = """
CREATE TABLE bill_run (
    no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id text NOT NULL CONSTRAINT bill_run_id UNIQUE,
    period text NOT NULL,
    file_name text NOT NULL,
    state text NOT NULL CHECK (state IN ('staging', 'staged', 'posting', 'posted', 'refused')),
    sha256 bytea,
    effective_on date NOT NULL,
    expires_on date NOT NULL,
    lines bigint NOT NULL DEFAULT 0,
    amount_fen bigint NOT NULL DEFAULT 0,
    declared_lines bigint,
    declared_fen bigint,
    rejected_lines bigint NOT NULL DEFAULT 0,
    refused_because text,
    actor text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CHECK (state IN ('staging', 'refused') OR
           (sha256 IS NOT NULL AND lines = declared_lines AND amount_fen = declared_fen)),
    CHECK ((state = 'refused') = (refused_because IS NOT NULL))
);
CREATE TABLE bill_line (
    run_no bigint NOT NULL REFERENCES bill_run (no),
    account_id bigint NOT NULL,
    line_no bigint NOT NULL,
    line_id text NOT NULL,
    paid_on date NOT NULL,
    amount_fen bigint NOT NULL,
    points bigint NOT NULL CHECK (points >= 0),
    PRIMARY KEY (run_no, account_id, line_no)
);
CREATE TABLE bill_reject (
    run_no bigint NOT NULL REFERENCES bill_run (no),
    line_no bigint NOT NULL,
    line_id text,
    subscriber_no text,
    reason text NOT NULL,
    PRIMARY KEY (run_no, line_no)
);
CREATE TABLE bill_chunk (
    run_no bigint NOT NULL REFERENCES bill_run (no),
    chunk int NOT NULL,
    first_account bigint NOT NULL,
    last_account bigint NOT NULL,
    posted_at timestamptz,
    journal_id bigint,
    posted_lines bigint NOT NULL DEFAULT 0,
    rejected_lines bigint NOT NULL DEFAULT 0,
    points bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (run_no, chunk),
    CHECK (posted_at IS NOT NULL OR (journal_id IS NULL AND points = 0 AND posted_lines = 0))
)
"""


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(TABLES)


def downgrade() -> None:
    for table in ("bill_chunk", "bill_reject", "bill_line", "bill_run"):
        op.execute(f"DROP TABLE {table}")
