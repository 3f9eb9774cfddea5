"""How members traded, and on what terms cash on delivery is offered to them.

Revision ID: 0005
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# An order ends well once and badly once at most; of the two the bad end counts.
TABLES = """
CREATE TABLE trade_fact (
    order_id text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('good', 'bad')),
    member_id text NOT NULL REFERENCES member,
    cause text NOT NULL CHECK (cause <> ''),
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, verdict)
);
CREATE INDEX trade_fact_of_member ON trade_fact (member_id, occurred_at);
CREATE TABLE credit_policy (
    effective_from timestamptz PRIMARY KEY,
    vip_tiers text[] NOT NULL CHECK (vip_tiers <@ ARRAY['registered', 'blue', 'gold', 'red']),
    good_trades_needed integer NOT NULL CHECK (good_trades_needed >= 0),
    bad_per_mille integer NOT NULL CHECK (bad_per_mille BETWEEN 0 AND 1000),
    window_days integer NOT NULL CHECK (window_days BETWEEN 1 AND 3660),
    most_open_orders integer NOT NULL CHECK (most_open_orders >= 0),
    most_open_fen bigint NOT NULL CHECK (most_open_fen >= 0),
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL CHECK (reason <> '')
);
CREATE TRIGGER trade_fact_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_fact
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history();
CREATE TRIGGER credit_policy_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_policy
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history();
INSERT INTO credit_policy VALUES ('2000-01-01Z', ARRAY['gold', 'red'], 101, 20, 730, 3, 500000, 'migration 0005',
    'VIPs, and who has more than 100 good trades');
"""


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE credit_policy, trade_fact")
