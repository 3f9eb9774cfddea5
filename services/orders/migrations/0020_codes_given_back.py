"""Codes that are given back, and cases that wait for it."""

from alembic import op

revision = "0020"
down_revision = "0019"

STATUSES = (
    "'requested', 'awaiting_return', 'sent_back', 'cancelling', 'voiding', 'replacing', 'refunding', 'rejected',"
    " 'disputed', 'withdrawn', 'closed'"
)
CHANGES = f"""
ALTER TABLE issued_code ADD COLUMN voided_at timestamptz;
ALTER TABLE after_sale_case DROP CONSTRAINT after_sale_case_status_check,
    ADD CONSTRAINT after_sale_case_status_check CHECK (status IN ({STATUSES})),
    ADD CONSTRAINT voiding_is_driven CHECK (status <> 'voiding' OR due_at IS NOT NULL);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(CHANGES)


def downgrade() -> None:
    op.execute(
        "ALTER TABLE issued_code DROP COLUMN voided_at; ALTER TABLE after_sale_case DROP CONSTRAINT voiding_is_driven"
    )
