"""The bulk zone: rows that say which SKUs are sold in large numbers, to whom, and for how much a piece."""

from alembic import op

revision = "0019"
down_revision = "0018"

OFFERS = """
CREATE TABLE bulk_offer (
    sku_id text NOT NULL REFERENCES sku,
    effective_from timestamptz NOT NULL,
    is_offered boolean NOT NULL,
    least int NOT NULL CHECK (least >= 2),
    most int NOT NULL CHECK (most BETWEEN least AND 1000),
    segment text,
    steps jsonb NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    PRIMARY KEY (sku_id, effective_from)
);
CREATE TRIGGER bulk_offer_append_only BEFORE UPDATE OR DELETE ON bulk_offer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(OFFERS)


def downgrade() -> None:
    op.execute("DROP TABLE bulk_offer")
