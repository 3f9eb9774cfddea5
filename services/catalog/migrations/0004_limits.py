"""How much of something one member may get in a period, counted where stock is reserved."""

from alembic import op

revision = "0004"
down_revision = "0003"

# Append-only decisions: of the rows of a limit whose time has come the latest holds. No ``most``: no limit any more.
LIMITS = """
CREATE TABLE purchase_limit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    limit_id text NOT NULL,
    subject text NOT NULL CHECK (subject ~ '^(gds|sku|elm)_'),
    period text NOT NULL CHECK (period IN ('day', 'month', 'campaign', 'ever')),
    window_from timestamptz,
    window_until timestamptz,
    most bigint CHECK (most > 0),
    effective_from timestamptz NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    CHECK ((period = 'campaign') = (window_from IS NOT NULL)),
    CHECK ((period = 'campaign') = (window_until IS NOT NULL)),
    CHECK (window_until > window_from)
);
CREATE INDEX purchase_limit_of_subject ON purchase_limit (subject);
CREATE TRIGGER purchase_limit_append_only BEFORE UPDATE OR DELETE ON purchase_limit
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- ``most`` is what the limit said when the member last took something: a limit that is lowered takes nothing away.
CREATE TABLE limit_use (
    limit_id text NOT NULL,
    member_id text NOT NULL,
    period_start date NOT NULL,
    used bigint NOT NULL CHECK (used >= 0),
    most bigint NOT NULL,
    PRIMARY KEY (limit_id, member_id, period_start),
    CHECK (used <= most)
) WITH (fillfactor = 70);

CREATE TABLE reservation_limit (
    order_id text NOT NULL REFERENCES reservation,
    limit_id text NOT NULL,
    member_id text NOT NULL,
    period_start date NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, limit_id),
    FOREIGN KEY (limit_id, member_id, period_start) REFERENCES limit_use
);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(LIMITS)


def downgrade() -> None:
    op.execute("DROP TABLE reservation_limit, limit_use, purchase_limit")
