"""What ends a bulk offer says no numbers of pieces."""

from alembic import op

revision = "0021"
down_revision = "0020"

CHANGES = """
ALTER TABLE bulk_offer ALTER COLUMN least DROP NOT NULL, ALTER COLUMN most DROP NOT NULL,
    ADD CONSTRAINT offered_has_numbers CHECK (NOT is_offered OR (least IS NOT NULL AND most IS NOT NULL));
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(CHANGES)


def downgrade() -> None:
    raise NotImplementedError("numbers that were never said cannot be made up")
