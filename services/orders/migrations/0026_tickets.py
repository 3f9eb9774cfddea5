"""Lines that are pieces of a flash sale name the ticket that they used."""

from alembic import op

revision = "0026"
down_revision = "0025"

CHANGES = """
ALTER TABLE order_line ADD COLUMN ticket_id text,
    ADD CONSTRAINT ticket_for_one_piece CHECK (ticket_id IS NULL OR (quantity = 1 AND presale_id IS NULL));
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(CHANGES)


def downgrade() -> None:
    op.execute("ALTER TABLE order_line DROP COLUMN ticket_id")
