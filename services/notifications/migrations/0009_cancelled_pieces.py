"""Texts about single pieces that were cancelled, were not, or were not provided."""

from pathlib import Path

from alembic import op

from services.notifications.storage.first_texts import insert_first_texts

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TOPICS = ("case_pieces_cancelled", "case_pieces_kept", "case_not_provided")


def upgrade() -> None:
    insert_first_texts(op.get_bind(), Path(__file__).with_suffix(".json"), "migration:0009")


def downgrade() -> None:
    for table in ("template", "topic_setting"):
        op.execute(f"DELETE FROM {table} WHERE topic IN {TOPICS}")  # noqa: S608
