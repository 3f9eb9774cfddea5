"""Rows that decide about points are noted, and notes are sealed like journals.

Revision ID: 0016
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# A note says what a row was when it was written: SHA-256 of its JSON, columns without a value left out, so that a
# column that is added later changes nothing. Its number is drawn like a journal's: final when that is final.
RECORDS = """
CREATE TABLE record (
    id bigint PRIMARY KEY,
    of_table text NOT NULL,
    key text NOT NULL,
    digest bytea CHECK (octet_length(digest) = 32),
    because text NOT NULL CHECK (because IN ('added', 'changed', 'removed', 'migration')),
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    noted_by text NOT NULL DEFAULT session_user,
    CONSTRAINT record_of_something CHECK ((digest IS NULL) = (because = 'removed'))
);
CREATE INDEX record_of_row ON record (of_table, key, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON record FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER not_truncated BEFORE TRUNCATE ON record FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""

# Arguments of the trigger: columns of the key, columns that are left out. Settings decide how JSON writes moments and
# bytes, so they are fixed.
NOTING = """
CREATE FUNCTION note_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    keys text[] := TG_ARGV[0];
    left_out text[] := TG_ARGV[1];
BEGIN
    INSERT INTO record (id, of_table, key, digest, because)
    SELECT draw_journal_id(), TG_TABLE_NAME,
           (SELECT string_agg(said ->> name, ' ' ORDER BY place) FROM unnest(keys) WITH ORDINALITY AS k (name, place)),
           CASE WHEN TG_OP <> 'DELETE'
                THEN sha256(convert_to(CAST(jsonb_strip_nulls(said - left_out) AS text), 'UTF8')) END,
           CASE TG_OP WHEN 'INSERT' THEN 'added' WHEN 'UPDATE' THEN 'changed' ELSE 'removed' END
    FROM (SELECT to_jsonb(touched) AS said FROM touched) AS row;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION note_rows() FROM PUBLIC
"""

# Redemptions pay for no trigger: the sealer notes the holds that the journals of its block are about, as they are then,
# each with what it drew. Time-outs are put off, and ends of orders told, without a journal: they are left out.
HOLDS = """
CREATE FUNCTION note_holds(first_journal bigint, last_journal bigint) RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
    WITH noted AS (
        INSERT INTO record (id, of_table, key, digest, because)
        SELECT draw_journal_id(), 'hold', order_id || ' ' || unit, sha256(convert_to(CAST(
                   jsonb_strip_nulls(to_jsonb(hold) - '{expires_at,order_ended}'::text[])
                   || jsonb_build_object('shares', (
                       SELECT jsonb_agg(to_jsonb(part) ORDER BY pool, expires_on) FROM hold_bucket AS part
                       WHERE part.order_id = hold.order_id AND part.unit = hold.unit)) AS text), 'UTF8')), 'changed'
        FROM hold WHERE order_id IN (
            SELECT ref FROM journal WHERE id BETWEEN first_journal AND last_journal
            AND kind IN ('hold', 'capture', 'release', 'refund'))
        RETURNING 1
    )
    SELECT count(*) FROM noted
$$;
REVOKE ALL ON FUNCTION note_holds(bigint, bigint) FROM PUBLIC
"""

SEALS = """
ALTER TABLE seal
    ADD COLUMN records int NOT NULL DEFAULT 0 CHECK (records >= 0),
    ADD COLUMN record_prints bytea NOT NULL DEFAULT '',
    ADD CONSTRAINT seal_record_prints CHECK (octet_length(record_prints) = 8 * records);
ALTER TABLE seal ALTER COLUMN record_prints SET STORAGE EXTERNAL
"""

# Every booking updates an account, and none of them what is noted of it: whose it is stays.
CHANGED = """
CREATE TRIGGER noted_changed AFTER UPDATE ON {table} REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION note_rows('{keys}', '{left_out}')
"""
ACCOUNTS_STAY = """
CREATE TRIGGER account_stays_whose_it_is BEFORE UPDATE OF id, unit, kind, owner ON account
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""
# What is there when noting begins is noted as it is.
NOTED = """
CREATE TRIGGER noted_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION note_rows('{keys}', '{left_out}');
CREATE TRIGGER noted_removed AFTER DELETE ON {table} REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION note_rows('{keys}', '{left_out}');
CREATE TRIGGER noted_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO record (id, of_table, key, digest, because)
SELECT draw_journal_id(), '{table}',
       (SELECT string_agg(said ->> name, ' ' ORDER BY place)
        FROM unnest('{keys}'::text[]) WITH ORDINALITY AS k (name, place)),
       sha256(convert_to(CAST(jsonb_strip_nulls(said - '{left_out}'::text[]) AS text), 'UTF8')), 'migration'
FROM (SELECT to_jsonb(there) AS said FROM {table} AS there) AS row
"""
TABLES = {
    "holder": "member_id",
    "account": "id",
    "claw_back": "journal_id,account_id",
    "top_up": "payment_ref",
    **dict.fromkeys(("top_up_reversal", "gift"), "journal_id"),
    **dict.fromkeys(("account_freeze", "adjustment", "rule_change", "audit_run"), "id"),
    "account_unfreeze": "freeze_id",
    "adjustment_line": "adjustment_id,line",
    "liability_close": "month",
    "bill_run": "no",
    "bill_chunk": "run_no,chunk",
    "bill_due_after_all": "account_id,journal_id,run_no",
    "expiry_run": "expires_on,late",
    **dict.fromkeys(
        ("ledger_setting", "bill_accrual_rule", "sign_up_bonus", "expiry_policy", "expiry_notice", "pool",
         "exchange_rate", "gift_limit", "point_value", "point_consideration", "breakage_assumption"), "id",
    ),
}  # fmt: skip
# The rest of an account is derived from entries.
LEFT_OUT = {"account": "posted,held,owed,lifetime,version,status"}
AS_IT_IS = "SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'"


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    for step in (AS_IT_IS, RECORDS, NOTING, HOLDS, SEALS):
        cursor.execute(step)
    for table, keys in TABLES.items():
        names = {"table": table, "keys": f"{{{keys}}}", "left_out": f"{{{LEFT_OUT.get(table, '')}}}"}
        cursor.execute(NOTED.format(**names))
        cursor.execute(ACCOUNTS_STAY if table == "account" else CHANGED.format(**names))
    cursor.execute("SELECT note_holds(0, 9223372036854775807)")


def downgrade() -> None:
    raise NotImplementedError("an append-only ledger does not go back: restore a backup")
