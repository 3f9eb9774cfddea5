"""First texts for what is decided about bulk orders.

Revision ID: 0008
"""

from pathlib import Path

from alembic import op

from services.notifications.storage.first_texts import insert_first_texts

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TOPICS = ("order_approved", "order_refused")


def upgrade() -> None:
    insert_first_texts(op.get_bind(), Path(__file__).with_suffix(".json"), "migration:0008")


def downgrade() -> None:
    for table in ("template", "topic_setting"):
        op.execute(f"DELETE FROM {table} WHERE topic IN {TOPICS}")  # noqa: S608
