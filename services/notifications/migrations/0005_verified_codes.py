"""First texts for codes that are used at a counter.

Revision ID: 0005
"""

from pathlib import Path

from alembic import op

from services.notifications.storage.first_texts import insert_first_texts

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TOPICS = ("code_verified", "code_unverified")


def upgrade() -> None:
    insert_first_texts(op.get_bind(), Path(__file__).with_suffix(".json"), "migration:0005")


def downgrade() -> None:
    for table in ("template", "topic_setting"):
        op.execute(f"DELETE FROM {table} WHERE topic IN {TOPICS}")  # noqa: S608
