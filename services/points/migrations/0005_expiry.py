"""Points that expire: policies by source, pool and unit, pools, notices, and how far the jobs are.

Revision ID: 0005
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# A pool or unit that is null means any; source '*' means any. Only fixed months are rounded: the other rules end with
# a year. Coins are bought with money: they do not expire unless ops say so.
POLICIES = """
ALTER TABLE expiry_policy
    ALTER COLUMN pool DROP NOT NULL,
    ALTER COLUMN pool DROP DEFAULT,
    ADD COLUMN unit text CHECK (unit IN ('PTS', 'COIN')),
    ADD COLUMN rounding text CHECK (rounding IN ('none', 'month', 'quarter', 'year'));
UPDATE expiry_policy SET pool = NULL, unit = 'PTS', rounding = CASE WHEN rule = 'fixed_months' THEN 'month' END;
ALTER TABLE expiry_policy
    ADD CONSTRAINT expiry_policy_pool CHECK (pool >= 0),
    ADD CONSTRAINT expiry_policy_source CHECK (source = '*' OR source ~ '^[a-z][a-z_]*$'),
    ADD CONSTRAINT expiry_policy_rounding CHECK ((rule = 'fixed_months') = (rounding IS NOT NULL)),
    ADD CONSTRAINT expiry_policy_years CHECK (rule = 'fixed_months' OR amount <= 100),
    ADD CONSTRAINT expiry_policy_never CHECK (rule <> 'never' OR amount = 0),
    ADD CONSTRAINT expiry_policy_actor CHECK (actor <> '');
INSERT INTO expiry_policy (source, unit, rule, amount, effective_from, actor) VALUES
    ('*', 'COIN', 'never', 0, '2000-01-01', 'migration')
"""

# The newest row of a pool whose day has come counts.
POOLS = """
CREATE TABLE pool (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    no smallint NOT NULL CHECK (no >= 0),
    name text NOT NULL CHECK (name <> ''),
    giftable boolean NOT NULL,
    exchangeable boolean NOT NULL,
    effective_from date NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO pool (no, name, giftable, exchangeable, effective_from, actor) VALUES
    (0, 'general', true, true, '2000-01-01', 'migration')
"""

# The newest row of each days_before whose day has come says whether that notice is given.
NOTICES = """
CREATE TABLE expiry_notice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    days_before smallint NOT NULL CHECK (days_before BETWEEN 1 AND 365),
    given boolean NOT NULL DEFAULT true,
    effective_from date NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO expiry_notice (days_before, effective_from, actor) VALUES
    (30, '2000-01-01', 'migration'), (7, '2000-01-01', 'migration'), (1, '2000-01-01', 'migration');
CREATE TRIGGER expiry_policy_append_only BEFORE UPDATE OR DELETE ON expiry_policy
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pool_append_only BEFORE UPDATE OR DELETE ON pool
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER expiry_notice_append_only BEFORE UPDATE OR DELETE ON expiry_notice
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""

# after_account is the keyset cursor: it moves in the transaction of each chunk. ``late``: what came to be due after the
# day's own run was done (held until then, for instance); its row is taken up again whenever there is more. A notice is
# overtaken when a nearer one is due before it was through.
RUNS = """
CREATE TABLE expiry_run (
    expires_on date NOT NULL,
    late boolean NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done')),
    after_account bigint NOT NULL DEFAULT 0,
    passes int NOT NULL DEFAULT 1 CHECK (passes >= 1),
    skipped bigint NOT NULL DEFAULT 0 CHECK (skipped >= 0),
    chunks int NOT NULL DEFAULT 0 CHECK (chunks >= 0),
    wallets bigint NOT NULL DEFAULT 0 CHECK (wallets >= 0),
    buckets bigint NOT NULL DEFAULT 0 CHECK (buckets >= 0),
    points bigint NOT NULL DEFAULT 0 CHECK (points >= 0),
    coins bigint NOT NULL DEFAULT 0 CHECK (coins >= 0),
    actor text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT expiry_run_finished CHECK ((state = 'done') = (finished_at IS NOT NULL)),
    PRIMARY KEY (expires_on, late)
) WITH (fillfactor = 50);
CREATE TABLE expiry_notice_run (
    expires_on date NOT NULL,
    days_before smallint NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'overtaken')),
    after_account bigint NOT NULL DEFAULT 0,
    chunks int NOT NULL DEFAULT 0 CHECK (chunks >= 0),
    wallets bigint NOT NULL DEFAULT 0 CHECK (wallets >= 0),
    points bigint NOT NULL DEFAULT 0 CHECK (points >= 0),
    coins bigint NOT NULL DEFAULT 0 CHECK (coins >= 0),
    actor text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT expiry_notice_run_finished CHECK ((state = 'running') = (finished_at IS NULL)),
    PRIMARY KEY (expires_on, days_before)
) WITH (fillfactor = 50)
"""

# expiry_rest_days: how many days more a day must have been over before it is booked. release_grace_days: what a hold
# gives back after its expiry lives so long; 0: it is expired. Hours are those of China, the last one excluded.
SETTINGS = """
INSERT INTO ledger_setting (name, value, effective_from, actor) VALUES
    ('expiry_chunk_wallets', 1000, '2000-01-01', 'migration'),
    ('expiry_rest_days', 0, '2000-01-01', 'migration'),
    ('release_grace_days', 0, '2000-01-01', 'migration'),
    ('expiry_notice_wallets', 1000, '2000-01-01', 'migration'),
    ('expiry_notice_from_hour', 9, '2000-01-01', 'migration'),
    ('expiry_notice_until_hour', 21, '2000-01-01', 'migration')
"""


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    for step in (POLICIES, POOLS, NOTICES, RUNS, SETTINGS):
        cursor.execute(step)


def downgrade() -> None:
    raise NotImplementedError("an append-only ledger does not go back: restore a backup")
