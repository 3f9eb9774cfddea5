"""Orders of many pieces at once: a variant of what is carried, which somebody has to approve of before it is paid."""

import json
from typing import Any

from alembic import op

revision = "0021"
down_revision = "0020"

# The time to pay for what is to be approved begins when it is.
COLUMNS = """
ALTER TABLE sale_terms ADD COLUMN approval_window_s integer NOT NULL DEFAULT 86400
    CHECK (approval_window_s BETWEEN 60 AND 345600);
ALTER TABLE orders ADD COLUMN approve_by timestamptz, ADD COLUMN approved_at timestamptz,
    ADD CONSTRAINT bulk_is_approved CHECK ((approve_by IS NOT NULL) = (variant = 'bulk')),
    ADD CONSTRAINT approved_in_time CHECK (approved_at IS NULL OR approved_at < approve_by),
    ADD CONSTRAINT confirmed_if_approved CHECK (
        confirmed_at IS NULL OR approve_by IS NULL OR approved_at IS NOT NULL),
    DROP CONSTRAINT cash_has_a_time_to_pay,
    ADD CONSTRAINT cash_has_a_time_to_pay CHECK (cash_fen = 0 OR pay_by IS NOT NULL OR variant = 'on_delivery'
        OR (approve_by IS NOT NULL AND approved_at IS NULL)),
    ADD CONSTRAINT paid_if_approved CHECK (pay_by IS NULL OR approve_by IS NULL OR approved_at IS NOT NULL);
CREATE INDEX orders_to_approve ON orders (placed_at) WHERE status = 'awaiting_payment' AND approve_by IS NOT NULL;
"""
POLICY = """
INSERT INTO step_policy VALUES ('approve', '2020-01-01T00:00:00Z', NULL, 3600, 14400, 'migration',
    'who waits for an approval is told within half a day')
"""
NEWEST = """
SELECT steps FROM order_flow WHERE delivery = 'parcel' AND variant = '' AND effective_from <= now()
ORDER BY effective_from DESC LIMIT 1
"""
FLOW = """
INSERT INTO order_flow VALUES ('parcel', 'bulk', '2020-01-01T00:00:00Z', %s, 'migration',
    'many pieces are approved before they are paid')
"""
Steps = list[dict[str, Any]]


def approved_first(steps: Steps) -> Steps:
    """Cash is taken once what it came after is held and approved."""
    approved: Steps = []
    for step in steps:
        if step["step"] == "take_cash":
            approved.append({"step": "approve", "after": step["after"]})
            step = {"step": "take_cash", "after": ["approve"]}
        approved.append(step)
    return approved


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(COLUMNS)
    op.execute(POLICY)
    bind = op.get_bind()
    plain = bind.exec_driver_sql(NEWEST).scalar_one()
    bind.exec_driver_sql(FLOW, (json.dumps(approved_first(plain)),))


def downgrade() -> None:
    raise NotImplementedError("orders that wait to be approved have no place in the plans of before")
