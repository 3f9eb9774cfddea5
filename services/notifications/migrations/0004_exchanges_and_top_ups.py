"""First texts for exchanges, top-ups, and accounts that are frozen or open again.

Revision ID: 0004
"""

from pathlib import Path

from alembic import op

from services.notifications.storage.first_texts import insert_first_texts

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TOPICS = ("points_exchanged", "top_up_received", "top_up_reversed", "account_frozen", "account_unfrozen")


def upgrade() -> None:
    insert_first_texts(op.get_bind(), Path(__file__).with_suffix(".json"), "migration:0004")


def downgrade() -> None:
    for table in ("template", "topic_setting"):
        op.execute(f"DELETE FROM {table} WHERE topic IN {TOPICS}")  # noqa: S608
