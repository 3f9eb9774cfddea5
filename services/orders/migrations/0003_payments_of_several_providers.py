"""A buyer may change the provider: one open payment a tender, and those that were left."""

from alembic import op

revision = "0003"
down_revision = "0002"

SEVERAL = """
CREATE UNIQUE INDEX payment_open ON payment (tender_id) WHERE status = 'open';
ALTER TABLE payment DROP CONSTRAINT payment_tender_id_key;
"""
ONE = """
ALTER TABLE payment ADD CONSTRAINT payment_tender_id_key UNIQUE (tender_id);
DROP INDEX payment_open;
"""


def upgrade() -> None:
    op.execute(SEVERAL)


def downgrade() -> None:
    """Refused by the database once an order has payments at two providers."""
    op.execute(ONE)
