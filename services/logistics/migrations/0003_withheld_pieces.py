"""Single pieces of an order that are not sent, while the rest of it is."""

from alembic import op

revision = "0003"
down_revision = "0002"

# A shipment that was emptied is not sent again when the stop of its order is refused.
CHANGES = """
CREATE TABLE withheld_piece (
    request_id  text NOT NULL,
    line_no     integer NOT NULL CHECK (line_no >= 1),
    order_id    text NOT NULL,
    quantity    integer NOT NULL CHECK (quantity >= 1),
    reason      text NOT NULL,
    withheld_at timestamptz NOT NULL,
    PRIMARY KEY (request_id, line_no)
);
CREATE INDEX withheld_piece_of_order ON withheld_piece (order_id);
CREATE TRIGGER withheld_piece_append_only BEFORE UPDATE OR DELETE ON withheld_piece
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE shipment ADD COLUMN is_emptied boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT shipment_emptied_is_cancelled CHECK (NOT is_emptied OR status = 'cancelled'),
    ADD CONSTRAINT shipment_has_lines CHECK (jsonb_array_length(lines) > 0);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(CHANGES)


def downgrade() -> None:
    op.execute(
        "DROP TABLE withheld_piece; ALTER TABLE shipment DROP CONSTRAINT shipment_has_lines, DROP COLUMN is_emptied"
    )
