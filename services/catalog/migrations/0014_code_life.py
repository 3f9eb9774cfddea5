"""What becomes of a code after its issue: verified, undone, voided; and what a counter may get wrong."""

from alembic import op

revision = "0014"
down_revision = "0013"

# A code stays issued for ever; its life is a sequence of deeds, so of two at once the second finds its number taken.
LIFE = """
ALTER TABLE form ADD COLUMN is_for_counter boolean NOT NULL DEFAULT false;
UPDATE form SET is_for_counter = true WHERE form IN ('ticket', 'coupon', 'service');
CREATE TABLE code_deed (
    no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code_id bigint NOT NULL REFERENCES code,
    version int NOT NULL CHECK (version >= 1),
    what text NOT NULL CHECK (what IN ('verified', 'undone', 'voided')),
    merchant_id text REFERENCES merchant,
    key_id text,
    reason text NOT NULL,
    actor text NOT NULL,
    done_at timestamptz NOT NULL,
    UNIQUE (code_id, version),
    CHECK ((what = 'voided') = (merchant_id IS NULL) AND (what = 'voided') = (key_id IS NULL))
);
CREATE INDEX code_deed_of_merchant ON code_deed (merchant_id, no) WHERE merchant_id IS NOT NULL;
CREATE TRIGGER code_deed_append_only BEFORE UPDATE OR DELETE ON code_deed
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE reservation ADD COLUMN member_id text;
"""

COUNTERS = """
CREATE TABLE counter_terms (
    effective_from timestamptz PRIMARY KEY,
    most_wrong int NOT NULL CHECK (most_wrong BETWEEN 1 AND 1000),
    wrong_within_s int NOT NULL CHECK (wrong_within_s BETWEEN 1 AND 86400),
    undo_within_s int NOT NULL CHECK (undo_within_s BETWEEN 0 AND 86400),
    actor text NOT NULL,
    reason text NOT NULL
);
CREATE TRIGGER counter_terms_append_only BEFORE UPDATE OR DELETE ON counter_terms
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
INSERT INTO counter_terms VALUES ('-infinity', 10, 600, 600, 'migration', 'the first ones');
CREATE TABLE counter_tries (
    key_id text PRIMARY KEY,
    since timestamptz NOT NULL,
    wrong int NOT NULL CHECK (wrong >= 0)
) WITH (fillfactor = 70);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(LIFE)
    op.execute(COUNTERS)


def downgrade() -> None:
    op.execute("DROP TABLE counter_tries, counter_terms, code_deed; ALTER TABLE form DROP COLUMN is_for_counter")
    op.execute("ALTER TABLE reservation DROP COLUMN member_id")
