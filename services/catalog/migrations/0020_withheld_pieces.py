"""Pieces of a confirmed order that do not go out, while the rest of it does."""

from alembic import op

revision = "0020"
down_revision = "0019"

# What waited in a hall is not in the lines of its reservation any more; what had left the stock came back.
TABLE = """
CREATE TABLE reservation_withheld (
    request_id  text NOT NULL,
    sku_id      text NOT NULL REFERENCES sku,
    order_id    text NOT NULL REFERENCES reservation,
    pieces      bigint NOT NULL CHECK (pieces > 0),
    was_waiting boolean NOT NULL,
    withheld_at timestamptz NOT NULL,
    PRIMARY KEY (request_id, sku_id)
);
CREATE INDEX reservation_withheld_of_order ON reservation_withheld (order_id);
CREATE TRIGGER reservation_withheld_append_only BEFORE UPDATE OR DELETE ON reservation_withheld
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE reservation_withheld")
