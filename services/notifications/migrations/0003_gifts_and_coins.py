"""First texts for gifts, coins, and points that are taken back or adjusted.

Revision ID: 0003
"""

from pathlib import Path

from alembic import op

from services.notifications.storage.first_texts import insert_first_texts

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TOPICS = (
    "coins_earned", "coins_refunded", "points_given", "points_received", "points_taken_back", "points_adjusted",
)  # fmt: skip


def upgrade() -> None:
    insert_first_texts(op.get_bind(), Path(__file__).with_suffix(".json"), "migration:0003")


def downgrade() -> None:
    for table in ("template", "topic_setting"):
        op.execute(f"DELETE FROM {table} WHERE topic IN {TOPICS}")  # noqa: S608
