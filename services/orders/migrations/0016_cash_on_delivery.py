"""Orders whose cash is collected at the door: a variant of what is carried, and cash that is promised."""

import json
from typing import Any

from alembic import op

revision = "0016"
down_revision = "0015"

# What is promised for the door has no time to pay.
COLUMNS = """
ALTER TABLE orders DROP CONSTRAINT orders_check,
    ADD CONSTRAINT pay_by_is_for_cash CHECK (pay_by IS NULL OR cash_fen > 0),
    ADD CONSTRAINT cash_has_a_time_to_pay CHECK (cash_fen = 0 OR pay_by IS NOT NULL OR variant = 'on_delivery');
CREATE INDEX orders_promised ON orders (member_id)
    WHERE variant = 'on_delivery' AND ended_at IS NULL AND payment_status <> 'paid';
"""
POLICY = """
INSERT INTO step_policy VALUES ('collect_cash', '2020-01-01T00:00:00Z', NULL, 3600, 7200, 'migration',
    'a carrier tells what it collected with the delivery')
"""
NEWEST = """
SELECT steps FROM order_flow WHERE delivery = 'parcel' AND variant = '' AND effective_from <= now()
ORDER BY effective_from DESC LIMIT 1
"""
FLOW = """
INSERT INTO order_flow VALUES ('parcel', 'on_delivery', '2020-01-01T00:00:00Z', %s, 'migration',
    'cash is collected at the door')
"""
Steps = list[dict[str, Any]]


def collected_at_door(steps: Steps) -> Steps:
    """Nobody waits for ``take_cash`` any more, but for what it came after; ``collect_cash`` follows on ``carry``."""
    before = next(step["after"] for step in steps if step["step"] == "take_cash")
    collected: Steps = []
    for step in steps:
        after = [name for name in step["after"] if name != "take_cash"]
        if "take_cash" in step["after"]:
            after += [name for name in before if name not in after]
        if step["step"] == "receive":
            after = ["collect_cash" if name == "carry" else name for name in after]
        if step["step"] != "take_cash":
            collected.append({"step": step["step"], "after": after})
        if step["step"] == "carry":
            collected.append({"step": "collect_cash", "after": ["carry"]})
    return collected


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(COLUMNS)
    op.execute(POLICY)
    bind = op.get_bind()
    plain = bind.exec_driver_sql(NEWEST).scalar_one()
    bind.exec_driver_sql(FLOW, (json.dumps(collected_at_door(plain)),))


def downgrade() -> None:
    """Refused by the database once an order was placed whose cash is collected at the door. The flow stays: nothing
    follows it."""
    op.execute(
        "DROP INDEX orders_promised;"
        " ALTER TABLE orders DROP CONSTRAINT pay_by_is_for_cash, DROP CONSTRAINT cash_has_a_time_to_pay,"
        " ADD CONSTRAINT orders_check CHECK ((cash_fen > 0) = (pay_by IS NOT NULL))"
    )
