"""Orders of goods that are still to come: a variant of what is carried, which waits for them after it is confirmed."""

import json
from typing import Any

from alembic import op

revision = "0013"
down_revision = "0012"

COLUMNS = """
ALTER TABLE orders ADD COLUMN allotted_at timestamptz;
ALTER TABLE order_line ADD COLUMN presale_id text, ADD COLUMN ships_from date,
    ADD CONSTRAINT to_come_or_there CHECK ((presale_id IS NULL) = (ships_from IS NULL));
"""
POLICY = """
INSERT INTO step_policy VALUES ('await_goods', '2020-01-01T00:00:00Z', NULL, 60, 86400, 'migration',
    'a day after the day that was promised somebody must look')
"""
NEWEST = """
SELECT steps FROM order_flow WHERE delivery = 'parcel' AND variant = '' AND effective_from <= now()
ORDER BY effective_from DESC LIMIT 1
"""
FLOW = """
INSERT INTO order_flow VALUES ('parcel', 'presale', '2020-01-01T00:00:00Z', %s, 'migration', 'goods that are to come')
"""
Steps = list[dict[str, Any]]


def waiting_for_goods(steps: Steps) -> Steps:
    """What was carried after the pivot is carried once the goods are there."""
    waiting: Steps = []
    for step in steps:
        if step["step"] == "carry":
            waiting.append({"step": "await_goods", "after": step["after"]})
            step = {"step": "carry", "after": ["await_goods"]}
        waiting.append(step)
    return waiting


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(COLUMNS)
    op.execute(POLICY)
    bind = op.get_bind()
    plain = bind.exec_driver_sql(NEWEST).scalar_one()
    bind.exec_driver_sql(FLOW, (json.dumps(waiting_for_goods(plain)),))


def downgrade() -> None:
    raise NotImplementedError("orders that wait for goods have no place in the plans of before")
