"""What lines consist of: parts, frozen with the order, and the element that each code is of."""

from alembic import op

# ruff: noqa: S608 — statements put together of constants of this file

revision = "0002"
down_revision = "0001"

# The id that services.catalog.contract.own_element gives: until now every SKU was its own only element.
_OWN = "'elm_' || left(encode(sha256(convert_to(sku_id, 'UTF8')), 'hex'), 32)"

PARTS = f"""
ALTER TABLE order_line ADD COLUMN parts jsonb;
UPDATE order_line SET parts = jsonb_build_array(jsonb_build_object(
    'element_id', {_OWN}, 'delivery', CASE kind WHEN 'physical' THEN 'parcel' ELSE 'code' END, 'quantity', 1));
ALTER TABLE order_line ALTER COLUMN parts SET NOT NULL;
ALTER TABLE order_line ADD CONSTRAINT order_line_has_parts CHECK (
    jsonb_typeof(parts) = 'array' AND jsonb_array_length(parts) > 0
);
ALTER TABLE issued_code ADD COLUMN element_id text;
UPDATE issued_code SET element_id = {_OWN};
ALTER TABLE issued_code ALTER COLUMN element_id SET NOT NULL;
"""


def upgrade() -> None:
    """Every line is written once, so orders stands still meanwhile; who cannot get the locks soon gives up whole."""
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute("LOCK TABLE order_line, issued_code IN EXCLUSIVE MODE")
    op.execute(PARTS)


def downgrade() -> None:
    op.execute("ALTER TABLE order_line DROP COLUMN parts; ALTER TABLE issued_code DROP COLUMN element_id")
