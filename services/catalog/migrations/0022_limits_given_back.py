"""What is refunded, cancelled or lost does not count against a member's limits any more: how much of an order's use is
given back, and by what, once."""

from alembic import op

revision = "0022"
down_revision = "0021"

CHANGES = """
ALTER TABLE reservation_limit ADD COLUMN given_back bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT given_back_within_use CHECK (given_back BETWEEN 0 AND quantity);
CREATE TABLE limit_return (
    operation text PRIMARY KEY,
    order_id text NOT NULL REFERENCES reservation,
    returned_at timestamptz NOT NULL
);
CREATE INDEX limit_return_of_order ON limit_return (order_id);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(CHANGES)


def downgrade() -> None:
    op.execute("DROP TABLE limit_return; ALTER TABLE reservation_limit DROP COLUMN given_back")
