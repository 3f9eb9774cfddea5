"""First texts for orders that are picked up.

Revision ID: 0007
"""

from pathlib import Path

from alembic import op

from services.notifications.storage.first_texts import insert_first_texts

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TOPICS = ("order_prepared", "fetching_reminded")


def upgrade() -> None:
    insert_first_texts(op.get_bind(), Path(__file__).with_suffix(".json"), "migration:0007")


def downgrade() -> None:
    for table in ("template", "topic_setting"):
        op.execute(f"DELETE FROM {table} WHERE topic IN {TOPICS}")  # noqa: S608
