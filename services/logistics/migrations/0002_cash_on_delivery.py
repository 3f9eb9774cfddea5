"""Carriers collect cash at the door: how much they are to collect, and how much they say they have."""

from alembic import op

revision = "0002"
down_revision = "0001"

COLUMNS = """
ALTER TABLE shipment ADD COLUMN collect_fen bigint NOT NULL DEFAULT 0 CHECK (collect_fen >= 0);
ALTER TABLE scan ADD COLUMN collected_fen bigint CHECK (collected_fen >= 0);
ALTER TABLE parked_callback ADD COLUMN collected_fen bigint CHECK (collected_fen >= 0);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(COLUMNS)


def downgrade() -> None:
    op.execute(
        "ALTER TABLE shipment DROP COLUMN collect_fen; ALTER TABLE scan DROP COLUMN collected_fen;"
        " ALTER TABLE parked_callback DROP COLUMN collected_fen"
    )
