"""Goods that are sold before they are there: so many pieces of a SKU, in a window of time, from a day on to be sent."""

from alembic import op

revision = "0015"
down_revision = "0014"

# ``taken`` counts pieces that are held or sold, ``allotted`` those of them that have got real units since.
PRESALES = """
CREATE TABLE presale (
    presale_id text PRIMARY KEY,
    sku_id text NOT NULL REFERENCES sku,
    status text NOT NULL CHECK (status IN ('open', 'cancelled')),
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > begins_at),
    ships_from date NOT NULL,
    quota bigint NOT NULL CHECK (quota > 0),
    taken bigint NOT NULL CHECK (taken BETWEEN 0 AND quota),
    allotted bigint NOT NULL CHECK (allotted BETWEEN 0 AND taken),
    version int NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX presale_of_sku ON presale (sku_id, begins_at);

CREATE TABLE presale_decision (
    presale_id text NOT NULL REFERENCES presale,
    version int NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'cancelled')),
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ships_from date NOT NULL,
    quota bigint NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (presale_id, version)
);
CREATE TRIGGER presale_decision_append_only BEFORE UPDATE OR DELETE ON presale_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- ``told_at``: when the order of a cancelled pre-sale heard that it gets nothing.
CREATE TABLE reservation_presale (
    order_id text NOT NULL REFERENCES reservation,
    presale_id text NOT NULL REFERENCES presale,
    pieces bigint NOT NULL CHECK (pieces > 0),
    told_at timestamptz,
    PRIMARY KEY (order_id, presale_id)
);
CREATE INDEX reservation_presale_of_presale ON reservation_presale (presale_id, order_id);

ALTER TABLE reservation ADD COLUMN is_presale boolean NOT NULL DEFAULT false;
ALTER TABLE reservation DROP CONSTRAINT reservation_status_check;
ALTER TABLE reservation ADD CONSTRAINT reservation_status_check
    CHECK (status IN ('held', 'promised', 'committed', 'released', 'expired') AND (is_presale OR status <> 'promised'));
CREATE INDEX reservation_promised ON reservation (opened_at, order_id) WHERE status = 'promised';
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(PRESALES)


def downgrade() -> None:
    raise NotImplementedError("what was sold before it is there has no place in the reservations of before")
