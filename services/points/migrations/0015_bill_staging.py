"""Holders know their wallets: a bill run finds a subscriber's account by one look instead of two.

Revision ID: 0015
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

HOLDERS = """
ALTER TABLE holder ADD COLUMN wallet_id bigint;
UPDATE holder SET wallet_id = account.id FROM account
WHERE account.unit = 'PTS' AND account.kind = 'wallet' AND account.owner = holder.member_id
"""


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(HOLDERS)


def downgrade() -> None:
    raise NotImplementedError("an append-only ledger does not go back: restore a backup")
