"""Single pieces of a confirmed order that are called off before they are on their way."""

from alembic import op

revision = "0023"
down_revision = "0022"

STATUSES = (
    "'requested', 'awaiting_return', 'sent_back', 'cancelling', 'withholding', 'voiding', 'replacing', 'refunding',"
    " 'rejected', 'disputed', 'withdrawn', 'closed'"
)
KINDS = "'refund', 'return', 'exchange', 'cancel', 'cancel_part'"
CHANGES = f"""
ALTER TABLE after_sale_case DROP CONSTRAINT after_sale_case_status_check,
    ADD CONSTRAINT after_sale_case_status_check CHECK (status IN ({STATUSES})),
    DROP CONSTRAINT after_sale_case_kind_check,
    ADD CONSTRAINT after_sale_case_kind_check CHECK (kind IN ({KINDS})),
    ADD CONSTRAINT withholding_is_driven CHECK (status <> 'withholding' OR due_at IS NOT NULL);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(CHANGES)


def downgrade() -> None:
    op.execute("ALTER TABLE after_sale_case DROP CONSTRAINT withholding_is_driven")
