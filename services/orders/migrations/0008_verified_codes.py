"""Codes that were used at a counter: when, and how many deeds of the code that takes into account."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("ALTER TABLE issued_code ADD COLUMN verified_at timestamptz, ADD COLUMN deeds int NOT NULL DEFAULT 0")


def downgrade() -> None:
    op.execute("ALTER TABLE issued_code DROP COLUMN verified_at, DROP COLUMN deeds")
