"""Stock that runs short: rules, and what was proposed and decided by them."""

from alembic import op

revision = "0018"
down_revision = "0017"

REPLENISHMENT = """
CREATE TABLE replenishment_rule (
    element_id text NOT NULL REFERENCES element,
    place_id text NOT NULL REFERENCES place,
    from_place text REFERENCES place,
    least bigint NOT NULL CHECK (least >= 0),
    target bigint CHECK (target > 0 AND target >= least),
    pack bigint NOT NULL CHECK (pack > 0),
    quiet_hours int NOT NULL CHECK (quiet_hours >= 0),
    effective_from timestamptz NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    PRIMARY KEY (element_id, place_id, effective_from),
    CHECK (from_place <> place_id)
);
CREATE TRIGGER replenishment_rule_append_only BEFORE UPDATE OR DELETE ON replenishment_rule
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TABLE replenishment (
    replenishment_id text PRIMARY KEY,
    element_id text NOT NULL REFERENCES element,
    place_id text NOT NULL REFERENCES place,
    from_place text REFERENCES place,
    quantity bigint NOT NULL CHECK (quantity > 0),
    available bigint NOT NULL,
    least bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'accepted', 'dismissed', 'lapsed')),
    proposed_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    decided_because text,
    consignment_id text REFERENCES consignment,
    CHECK ((status = 'open') = (decided_by IS NULL)),
    CHECK ((status = 'open') = (decided_at IS NULL)),
    CHECK ((status = 'accepted') = (consignment_id IS NOT NULL))
);
CREATE UNIQUE INDEX replenishment_open ON replenishment (element_id, place_id) WHERE status = 'open';
CREATE INDEX replenishment_newest ON replenishment (proposed_at, replenishment_id);
CREATE INDEX replenishment_dismissed ON replenishment (element_id, place_id, decided_at) WHERE status = 'dismissed';
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(REPLENISHMENT)


def downgrade() -> None:
    op.execute("DROP TABLE replenishment, replenishment_rule")
