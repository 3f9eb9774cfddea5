"""Whether a carrier collects cash at the door is configuration; so far every one was taken to."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("ALTER TABLE carrier ADD COLUMN collects_cash boolean NOT NULL DEFAULT true")


def downgrade() -> None:
    op.execute("ALTER TABLE carrier DROP COLUMN collects_cash")
