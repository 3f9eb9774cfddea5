"""A notice is known by its payment, too: what a provider numbers alike for two payments is two pieces of news."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(
        "ALTER TABLE payment_notice DROP CONSTRAINT payment_notice_pkey,"
        " ADD PRIMARY KEY (payment_id, notify_id, provider); DROP INDEX payment_notice_of_payment"
    )


def downgrade() -> None:
    """Refused by the database once a number was used for two payments."""
    op.execute(
        "ALTER TABLE payment_notice DROP CONSTRAINT payment_notice_pkey, ADD PRIMARY KEY (provider, notify_id);"
        " CREATE INDEX payment_notice_of_payment ON payment_notice (payment_id)"
    )
