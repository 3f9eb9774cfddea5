"""A staff key may open the doors by which rules are changed.

Revision ID: 0003
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROLES = """
ALTER TABLE staff_key DROP CONSTRAINT staff_key_roles_check;
ALTER TABLE staff_key ADD CONSTRAINT staff_key_roles_check CHECK (
    cardinality(roles) > 0 AND roles <@ ARRAY['ops', 'finance', 'rules'])
"""


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(ROLES)


def downgrade() -> None:
    op.execute("DELETE FROM staff_key WHERE 'rules' = ANY(roles)")
    op.execute("ALTER TABLE staff_key DROP CONSTRAINT staff_key_roles_check")
    op.execute(
        "ALTER TABLE staff_key ADD CONSTRAINT staff_key_roles_check"
        " CHECK (cardinality(roles) > 0 AND roles <@ ARRAY['ops', 'finance'])"
    )
