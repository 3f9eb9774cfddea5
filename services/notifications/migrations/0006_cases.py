"""First texts for what is decided about cases after the sale.

Revision ID: 0006
"""

from pathlib import Path

from alembic import op

from services.notifications.storage.first_texts import insert_first_texts

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TOPICS = ("case_approved", "case_rejected", "case_dispute_won", "case_dispute_lost")


def upgrade() -> None:
    insert_first_texts(op.get_bind(), Path(__file__).with_suffix(".json"), "migration:0006")


def downgrade() -> None:
    for table in ("template", "topic_setting"):
        op.execute(f"DELETE FROM {table} WHERE topic IN {TOPICS}")  # noqa: S608
