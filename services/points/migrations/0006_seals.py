"""Seals over the journals, and checkpoints of balances that can be proved.

Revision ID: 0006
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Whoever reads a range of journals reads its entries by this index, the newest ones too: a BRIN knows nothing of pages
# that no vacuum has seen yet. Entries come in the order of their journals, so it grows at its right end alone.
ENTRIES_BY_JOURNAL = """
DROP INDEX entry_journal;
CREATE INDEX entry_journal ON entry (journal_id)
"""

# One block covers every journal of its range; what the range leaves out was never committed. The prints are eight bytes
# of every row's hash: where the content differs, they say which row it is, and names says whose it was.
SEALS = """
CREATE TABLE seal (
    block bigint PRIMARY KEY,
    form text NOT NULL,
    first_journal bigint NOT NULL,
    last_journal bigint NOT NULL,
    journals int NOT NULL CHECK (journals >= 0),
    entries int NOT NULL CHECK (entries >= 0),
    prev bytea NOT NULL CONSTRAINT seal_follows_one UNIQUE CHECK (octet_length(prev) = 32),
    content bytea NOT NULL CHECK (octet_length(content) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    entry_prints bytea NOT NULL CHECK (octet_length(entry_prints) = 8 * entries),
    journal_prints bytea NOT NULL CHECK (octet_length(journal_prints) = 8 * journals),
    names bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    CHECK (first_journal <= last_journal)
);
ALTER TABLE seal ALTER COLUMN entry_prints SET STORAGE EXTERNAL, ALTER COLUMN journal_prints SET STORAGE EXTERNAL
"""

# A leaf is a wallet as of proof_progress: its digest is a chain over all its entries up to that block. A node of level
# 1 stands for the leaves of 256 account numbers, of level 2 for 256 such nodes: what a path costs stays small. A node
# is stale while its leaves have grown and it has not; a checkpoint is taken when none is.
PROOFS = """
CREATE TABLE proof_leaf (
    account_id bigint PRIMARY KEY,
    unit text NOT NULL,
    balance bigint NOT NULL CHECK (balance >= 0),
    entries bigint NOT NULL CHECK (entries > 0),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    last_journal bigint NOT NULL
) WITH (fillfactor = 85);
CREATE TABLE proof_node (
    unit text NOT NULL,
    level smallint NOT NULL CHECK (level IN (1, 2)),
    place bigint NOT NULL,
    stale boolean NOT NULL DEFAULT true,
    leaves bigint NOT NULL DEFAULT 0,
    sum bigint NOT NULL DEFAULT 0 CHECK (sum >= 0),
    hash bytea NOT NULL DEFAULT '' CHECK (octet_length(hash) = 32 OR stale AND hash = ''),
    PRIMARY KEY (unit, level, place),
    CHECK (stale OR leaves > 0)
) WITH (fillfactor = 85);
CREATE INDEX proof_node_stale ON proof_node (level, unit, place) WHERE stale;
CREATE TABLE proof_progress (
    unit text PRIMARY KEY CHECK (unit IN ('PTS', 'COIN')),
    upto_block bigint NOT NULL,
    in_others bigint NOT NULL
);
INSERT INTO proof_progress (unit, upto_block, in_others) VALUES ('PTS', 0, 0), ('COIN', 0, 0);
CREATE TABLE checkpoint (
    unit text NOT NULL,
    no bigint NOT NULL CHECK (no > 0),
    day date NOT NULL,
    upto_block bigint NOT NULL REFERENCES seal (block),
    head bytea NOT NULL CHECK (octet_length(head) = 32),
    accounts bigint NOT NULL CHECK (accounts > 0),
    total bigint NOT NULL CHECK (total >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    prev bytea NOT NULL CHECK (octet_length(prev) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (unit, no),
    CONSTRAINT checkpoint_follows_one UNIQUE (unit, prev)
)
"""

# digest = sha256(digest before || line), line by line, from the start that is given.
CHAINS = """
CREATE FUNCTION extend_digest(digest bytea, line text, start bytea) RETURNS bytea LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN sha256(coalesce(digest, start) || convert_to(line, 'UTF8'));
END $$;
CREATE AGGREGATE chained_digest(line text, start bytea) (SFUNC = extend_digest, STYPE = bytea)
"""

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER not_truncated BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""

SETTINGS = """
INSERT INTO ledger_setting (name, value, effective_from, actor) VALUES
    ('seal_block_lines', 50000, '2000-01-01', 'migration'),
    ('seal_overdue_alarm_s', 300, '2000-01-01', 'migration'),
    ('verify_days', 3, '2000-01-01', 'migration')
"""


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    append_only = [APPEND_ONLY.format(table=table) for table in ("seal", "checkpoint")]
    for step in (ENTRIES_BY_JOURNAL, SEALS, PROOFS, CHAINS, *append_only, SETTINGS):
        cursor.execute(step)


def downgrade() -> None:
    raise NotImplementedError("an append-only ledger does not go back: restore a backup")
