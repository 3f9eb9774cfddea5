"""Consignments: units on their way to a place, from a supplier or from another place."""

from alembic import op

revision = "0010"
down_revision = "0009"

CONSIGNMENTS = """
CREATE TABLE consignment (
    consignment_id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('inbound', 'transfer', 'hand_over')),
    status text NOT NULL CHECK (status IN ('requested', 'in_transit', 'received', 'cancelled')),
    from_place text REFERENCES place,
    to_place text NOT NULL REFERENCES place,
    reason text NOT NULL,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_because text NOT NULL,
    version int NOT NULL,
    CHECK ((kind = 'inbound') = (from_place IS NULL)),
    CHECK (from_place <> to_place),
    CHECK (status <> 'in_transit' OR kind = 'transfer')
);
CREATE INDEX consignment_open ON consignment (to_place) WHERE status NOT IN ('received', 'cancelled');
CREATE INDEX consignment_newest ON consignment (opened_at, consignment_id);

CREATE TABLE consignment_line (
    consignment_id text NOT NULL REFERENCES consignment,
    element_id text NOT NULL REFERENCES element,
    quantity bigint NOT NULL CHECK (quantity > 0),
    arrived bigint NOT NULL DEFAULT 0 CHECK (arrived >= 0),
    lost bigint NOT NULL DEFAULT 0 CHECK (lost >= 0),
    PRIMARY KEY (consignment_id, element_id),
    CHECK (arrived + lost <= quantity)
);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(CONSIGNMENTS)


def downgrade() -> None:
    op.execute("DROP TABLE consignment_line, consignment")
