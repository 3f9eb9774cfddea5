"""Coins, gifts, adjustments by two persons, claw-backs and freezes.

Revision ID: 0008
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# One row a wallet: a journal may claw back from many. What is forgiven moves nothing, and is remembered here only.
CLAW_BACKS = """
CREATE TABLE claw_back (
    journal_id bigint NOT NULL REFERENCES journal (id),
    account_id bigint NOT NULL REFERENCES account (id),
    earning bigint REFERENCES journal (id),
    policy text NOT NULL CHECK (policy IN ('within_balance', 'debt')),
    asked bigint NOT NULL CHECK (asked > 0),
    drawn bigint NOT NULL CHECK (drawn >= 0),
    owed bigint NOT NULL CHECK (owed >= 0),
    forgiven bigint NOT NULL CHECK (forgiven >= 0),
    reason text NOT NULL,
    PRIMARY KEY (journal_id, account_id),
    CONSTRAINT claw_back_sum CHECK (drawn + owed + forgiven = asked),
    CONSTRAINT claw_back_policy CHECK (CASE policy WHEN 'debt' THEN forgiven = 0 ELSE owed = 0 END)
);
CREATE INDEX claw_back_of_earning ON claw_back (earning, account_id) WHERE earning IS NOT NULL;
CREATE TRIGGER claw_back_append_only BEFORE UPDATE OR DELETE ON claw_back
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""

# The newest row of a way whose day has come counts; one that is not open closes it. What is bought with money has no
# last day to keep.
EXCHANGES = """
CREATE TABLE exchange_rate (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    from_unit text NOT NULL CHECK (from_unit IN ('PTS', 'COIN', 'CNY')),
    to_unit text NOT NULL CHECK (to_unit IN ('PTS', 'COIN')),
    give bigint NOT NULL CHECK (give BETWEEN 1 AND 1000000000),
    get bigint NOT NULL CHECK (get BETWEEN 1 AND 1000000000),
    expiry text NOT NULL CHECK (expiry IN ('keep', 'policy')),
    open boolean NOT NULL DEFAULT true,
    effective_from date NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT exchange_rate_units CHECK (from_unit <> to_unit),
    CONSTRAINT exchange_rate_expiry CHECK (from_unit <> 'CNY' OR expiry = 'policy')
);
CREATE TRIGGER exchange_rate_append_only BEFORE UPDATE OR DELETE ON exchange_rate
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
INSERT INTO exchange_rate (from_unit, to_unit, give, get, expiry, open, effective_from, actor) VALUES
    ('PTS', 'COIN', 100, 1, 'keep', true, '2000-01-01', 'migration'),
    ('COIN', 'PTS', 1, 100, 'keep', false, '2000-01-01', 'migration'),
    ('CNY', 'COIN', 100, 1, 'policy', true, '2000-01-01', 'migration'),
    ('CNY', 'PTS', 1, 1, 'policy', true, '2000-01-01', 'migration');
INSERT INTO expiry_policy (source, unit, rule, amount, effective_from, actor) VALUES
    ('top_up', 'PTS', 'never', 0, '2000-01-01', 'migration');
INSERT INTO pool (no, name, giftable, exchangeable, effective_from, actor) VALUES
    (1, 'bought with money', false, true, '2000-01-01', 'migration')
"""

# A payment tops up once, whatever the request ids.
TOP_UPS = """
CREATE TABLE top_up (
    payment_ref text PRIMARY KEY,
    journal_id bigint NOT NULL REFERENCES journal (id),
    account_id bigint NOT NULL REFERENCES account (id),
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    points bigint NOT NULL CHECK (points > 0),
    expires_on date NOT NULL
);
CREATE TABLE top_up_reversal (
    journal_id bigint PRIMARY KEY REFERENCES journal (id),
    payment_ref text NOT NULL REFERENCES top_up (payment_ref),
    points bigint NOT NULL CHECK (points > 0),
    amount_fen bigint NOT NULL CHECK (amount_fen >= 0),
    reason text NOT NULL
);
CREATE INDEX top_up_reversal_of_payment ON top_up_reversal (payment_ref);
CREATE TRIGGER top_up_append_only BEFORE UPDATE OR DELETE ON top_up
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER top_up_reversal_append_only BEFORE UPDATE OR DELETE ON top_up_reversal
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""

# The newest row whose day has come counts. A gift is counted by the account of its giver and the day in China.
GIFTS = """
CREATE TABLE gift_limit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    smallest bigint NOT NULL CHECK (smallest >= 1),
    largest bigint NOT NULL,
    points_a_day bigint NOT NULL CHECK (points_a_day >= 0),
    points_a_month bigint NOT NULL CHECK (points_a_month >= 0),
    gifts_a_day int NOT NULL CHECK (gifts_a_day >= 0),
    effective_from date NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT gift_limit_range CHECK (largest >= smallest)
);
INSERT INTO gift_limit (smallest, largest, points_a_day, points_a_month, gifts_a_day, effective_from, actor) VALUES
    (10, 5000, 10000, 50000, 10, '2000-01-01', 'migration');
CREATE TABLE gift (
    journal_id bigint PRIMARY KEY REFERENCES journal (id),
    giver bigint NOT NULL REFERENCES account (id),
    receiver bigint NOT NULL REFERENCES account (id),
    points bigint NOT NULL CHECK (points > 0),
    message text,
    given_on date NOT NULL,
    CONSTRAINT gift_to_another CHECK (giver <> receiver)
);
CREATE INDEX gift_of_giver ON gift (giver, given_on);
CREATE TRIGGER gift_limit_append_only BEFORE UPDATE OR DELETE ON gift_limit
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER gift_append_only BEFORE UPDATE OR DELETE ON gift FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""

# Open is a freeze that was not lifted. Who wrote what stays as it was written.
FREEZES = """
CREATE TABLE account_freeze (
    id text PRIMARY KEY,
    member_id text NOT NULL REFERENCES holder (member_id),
    reason text NOT NULL CHECK (reason <> ''),
    actor text NOT NULL CHECK (actor <> ''),
    created_at timestamptz NOT NULL
);
CREATE INDEX account_freeze_of_member ON account_freeze (member_id);
CREATE TABLE account_unfreeze (
    freeze_id text PRIMARY KEY REFERENCES account_freeze (id),
    reason text NOT NULL CHECK (reason <> ''),
    actor text NOT NULL CHECK (actor <> ''),
    created_at timestamptz NOT NULL
);
CREATE TRIGGER account_freeze_append_only BEFORE UPDATE OR DELETE ON account_freeze
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_unfreeze_append_only BEFORE UPDATE OR DELETE ON account_unfreeze
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""

# Who asked and for what stays as it was written; who decided is written once, and for a posting it is somebody else.
ADJUSTMENTS = """
CREATE TABLE adjustment (
    no bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    id text PRIMARY KEY,
    unit text NOT NULL CHECK (unit IN ('PTS', 'COIN')),
    reason text NOT NULL CHECK (reason <> ''),
    state text NOT NULL CHECK (state IN ('requested', 'posted', 'rejected')),
    lines int NOT NULL CHECK (lines BETWEEN 1 AND 1000),
    added bigint NOT NULL CHECK (added >= 0),
    taken bigint NOT NULL CHECK (taken >= 0),
    requested_by text NOT NULL CHECK (requested_by <> ''),
    requested_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    decided_because text,
    journal_id bigint REFERENCES journal (id),
    CONSTRAINT adjustment_decided CHECK (
        (state = 'requested') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)
        AND (state = 'posted') = (journal_id IS NOT NULL)),
    CONSTRAINT adjustment_four_eyes CHECK (state <> 'posted' OR decided_by <> requested_by)
);
CREATE INDEX adjustment_undecided ON adjustment (no) WHERE state = 'requested';
CREATE TABLE adjustment_line (
    adjustment_id text NOT NULL REFERENCES adjustment (id),
    line int NOT NULL CHECK (line > 0),
    member_id text NOT NULL REFERENCES holder (member_id),
    points bigint NOT NULL CHECK (points <> 0),
    PRIMARY KEY (adjustment_id, line),
    CONSTRAINT adjustment_line_a_member UNIQUE (adjustment_id, member_id)
);
CREATE TRIGGER adjustment_decided_once BEFORE UPDATE ON adjustment FOR EACH ROW
    WHEN (OLD.state <> 'requested'
          OR (OLD.no, OLD.id, OLD.unit, OLD.reason, OLD.lines, OLD.added, OLD.taken)
             IS DISTINCT FROM (NEW.no, NEW.id, NEW.unit, NEW.reason, NEW.lines, NEW.added, NEW.taken)
          OR (OLD.requested_by, OLD.requested_at) IS DISTINCT FROM (NEW.requested_by, NEW.requested_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER adjustment_not_deleted BEFORE DELETE ON adjustment FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER adjustment_line_append_only BEFORE UPDATE OR DELETE ON adjustment_line
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    for step in (CLAW_BACKS, EXCHANGES, TOP_UPS, GIFTS, FREEZES, ADJUSTMENTS):
        cursor.execute(step)


def downgrade() -> None:
    raise NotImplementedError("an append-only ledger does not go back: restore a backup")
