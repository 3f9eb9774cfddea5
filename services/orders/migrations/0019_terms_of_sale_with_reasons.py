"""Terms of sale say why they were decided, and stay as they were decided."""

from alembic import op

revision = "0019"
down_revision = "0018"

REASONS = """
ALTER TABLE sale_terms ADD COLUMN reason text NOT NULL DEFAULT 'not recorded';
ALTER TABLE sale_terms ALTER COLUMN reason DROP DEFAULT;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON sale_terms FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.get_bind().exec_driver_sql(REASONS)


def downgrade() -> None:
    op.execute("DROP TRIGGER append_only ON sale_terms; ALTER TABLE sale_terms DROP COLUMN reason")
