"""A key may belong to the counter of one merchant or of one business hall, and opens nothing else.

Revision ID: 0004
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCOPES = """
ALTER TABLE staff_key ADD COLUMN merchant_id text CHECK (merchant_id ~ '^mer_[0-9a-f]{32}$');
ALTER TABLE staff_key ADD COLUMN place_id text CHECK (place_id ~ '^whs_[0-9a-f]{32}$');
ALTER TABLE staff_key DROP CONSTRAINT staff_key_roles_check;
ALTER TABLE staff_key ADD CONSTRAINT staff_key_roles_check CHECK (
    CASE
        WHEN merchant_id IS NOT NULL THEN roles = ARRAY['merchant'] AND place_id IS NULL
        WHEN place_id IS NOT NULL THEN roles = ARRAY['hall']
        ELSE cardinality(roles) > 0 AND roles <@ ARRAY['ops', 'finance', 'rules']
    END);
"""
OPERATORS_ALONE = """
DELETE FROM staff_key WHERE merchant_id IS NOT NULL OR place_id IS NOT NULL;
ALTER TABLE staff_key DROP CONSTRAINT staff_key_roles_check;
ALTER TABLE staff_key DROP COLUMN merchant_id;
ALTER TABLE staff_key DROP COLUMN place_id;
ALTER TABLE staff_key ADD CONSTRAINT staff_key_roles_check CHECK (
    cardinality(roles) > 0 AND roles <@ ARRAY['ops', 'finance', 'rules']);
"""


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(SCOPES)


def downgrade() -> None:
    op.get_bind().connection.cursor().execute(OPERATORS_ALONE)
