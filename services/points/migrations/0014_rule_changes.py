"""A rule is changed by two persons: one asks, another approves, and only then there is its row.

Revision ID: 0014
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

RULES = (
    "bill_accrual_rule",
    "sign_up_bonus",
    "exchange_rate",
    "gift_limit",
    "expiry_policy",
    "expiry_notice",
    "pool",
    "point_value",
    "point_consideration",
    "breakage_assumption",
    "ledger_setting",
)

# What comes before the colon is the door (chassis/persons.py). ``says``: every field of the row that is to be.
CHANGES = """
CREATE TABLE rule_change (
    no bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    id text PRIMARY KEY,
    rule text NOT NULL CHECK (rule <> ''),
    says jsonb NOT NULL CHECK (jsonb_typeof(says) = 'object'),
    effective_from date NOT NULL,
    replaces bigint,
    reason text NOT NULL CHECK (reason <> ''),
    state text NOT NULL CHECK (state IN ('requested', 'approved', 'rejected')),
    requested_by text NOT NULL CHECK (requested_by <> ''),
    requested_at timestamptz NOT NULL,
    decided_by text CHECK (decided_by <> ''),
    decided_at timestamptz,
    decided_because text,
    CONSTRAINT rule_change_decided CHECK (
        (state = 'requested') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT rule_change_four_eyes CHECK (
        state <> 'approved' OR lower(regexp_replace(decided_by, '^[^:]*:', ''))
                               <> lower(regexp_replace(requested_by, '^[^:]*:', ''))),
    CONSTRAINT rule_change_to_come CHECK (
        state = 'rejected'
        OR effective_from >= (coalesce(decided_at, requested_at) AT TIME ZONE 'Asia/Shanghai')::date)
);
CREATE INDEX rule_change_undecided ON rule_change (no) WHERE state = 'requested';
CREATE TRIGGER rule_change_decided_once BEFORE UPDATE ON rule_change FOR EACH ROW
    WHEN (OLD.state <> 'requested'
          OR (OLD.no, OLD.id, OLD.rule, OLD.says, OLD.effective_from, OLD.replaces, OLD.reason)
             IS DISTINCT FROM (NEW.no, NEW.id, NEW.rule, NEW.says, NEW.effective_from, NEW.replaces, NEW.reason)
          OR (OLD.requested_by, OLD.requested_at) IS DISTINCT FROM (NEW.requested_by, NEW.requested_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rule_change_not_deleted BEFORE DELETE ON rule_change FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""

# A row says, field by field and from the same day on, what was approved. Without a change there are only the rows of
# who makes the tables, which bear the name of a migration; what was set before there were changes stays.
ROWS = """
CREATE FUNCTION insist_on_approved_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    change rule_change;
    fields text[] := ARRAY(
        SELECT jsonb_object_keys(to_jsonb(NEW) - ARRAY['id', 'effective_from', 'actor', 'created_at', 'change_id']));
BEGIN
    IF NEW.change_id IS NULL THEN
        IF NEW.actor = 'migration'
           AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION 'a row of % needs a change that was approved', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT * INTO change FROM rule_change WHERE id = NEW.change_id;
    IF (change.state, change.rule, change.effective_from, change.decided_by)
       IS DISTINCT FROM ('approved', TG_TABLE_NAME::text, NEW.effective_from, NEW.actor)
       OR NOT change.says ?& fields OR jsonb_populate_record(NEW, change.says) IS DISTINCT FROM NEW THEN
        RAISE EXCEPTION 'a row of % is not what was approved', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION insist_on_row_of_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    written boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE change_id = $1)', NEW.rule) INTO written USING NEW.id;
    IF NOT written THEN
        RAISE EXCEPTION 'rule change % was approved and has no row', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER rule_change_has_row AFTER INSERT OR UPDATE ON rule_change DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'approved') EXECUTE FUNCTION insist_on_row_of_change()
"""
OF_A_CHANGE = """
ALTER TABLE {rule} ADD COLUMN change_id text UNIQUE REFERENCES rule_change (id);
CREATE TRIGGER {rule}_approved AFTER INSERT ON {rule} FOR EACH ROW EXECUTE FUNCTION insist_on_approved_change()
"""


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    for step in (CHANGES, ROWS, *(OF_A_CHANGE.format(rule=rule) for rule in RULES)):
        cursor.execute(step)


def downgrade() -> None:
    raise NotImplementedError("an append-only ledger does not go back: restore a backup")
