"""Orders are paid in coins too: a third tender, held and settled as points are."""

import json
from typing import Any

from alembic import op

revision = "0006"
down_revision = "0005"

COLUMNS = """
ALTER TABLE orders ADD COLUMN coins bigint NOT NULL DEFAULT 0 CHECK (coins >= 0);
ALTER TABLE orders ALTER COLUMN coins DROP DEFAULT;
ALTER TABLE order_line ADD COLUMN coins bigint NOT NULL DEFAULT 0 CHECK (coins >= 0);
ALTER TABLE order_line ALTER COLUMN coins DROP DEFAULT;
ALTER TABLE order_line ADD COLUMN unit_coins bigint[];
UPDATE order_line SET unit_coins = array_fill(0::bigint, ARRAY[quantity]);
ALTER TABLE order_line ALTER COLUMN unit_coins SET NOT NULL,
    ADD CONSTRAINT order_line_unit_coins_check CHECK (cardinality(unit_coins) = quantity);
ALTER TABLE tender DROP CONSTRAINT tender_kind_check;
ALTER TABLE tender ADD CONSTRAINT tender_kind_check CHECK (kind IN ('points', 'coins', 'cash'));
"""
POLICY = """
INSERT INTO step_policy
SELECT 'settle_coins', '2020-01-01T00:00:00Z', ask_after_s, ask_every_s, stuck_after_s, 'migration', 'as points'
FROM step_policy WHERE step = 'settle_points' ORDER BY effective_from LIMIT 1
"""
# The newest of each scope, to which coins are added: a second after it, so that it counts instead.
NEWEST = """
SELECT DISTINCT ON (delivery, variant) delivery, variant, effective_from + interval '1 second', steps FROM order_flow
ORDER BY delivery, variant, effective_from DESC
"""
FLOW = "INSERT INTO order_flow VALUES (%s, %s, %s, %s, 'migration', 'coins are held and settled beside points')"
BESIDE = {"hold_points": "hold_coins", "settle_points": "settle_coins"}
Steps = list[dict[str, Any]]


def with_coins(steps: Steps) -> Steps:
    """Beside each step on points one on coins, before and after the same ones."""
    added: Steps = []
    for step in steps:
        after = [*step["after"], *(BESIDE[before] for before in step["after"] if before in BESIDE)]
        added.append({"step": step["step"], "after": after})
        if step["step"] in BESIDE:
            added.append({"step": BESIDE[step["step"]], "after": after})
    return added


def upgrade() -> None:
    """Every line is written once, so orders stands still meanwhile; who cannot get the locks soon gives up whole."""
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    bind = op.get_bind()
    bind.exec_driver_sql(COLUMNS)
    bind.exec_driver_sql(POLICY)
    for *scope, steps in bind.exec_driver_sql(NEWEST).all():
        bind.exec_driver_sql(FLOW, (*scope, json.dumps(with_coins(steps))))


def downgrade() -> None:
    """Refused by the database once an order was paid in coins. The flows stay: they lose nothing without coins."""
    op.execute(
        "ALTER TABLE tender DROP CONSTRAINT tender_kind_check;"
        " ALTER TABLE tender ADD CONSTRAINT tender_kind_check CHECK (kind IN ('points', 'cash'));"
        " ALTER TABLE order_line DROP COLUMN coins, DROP COLUMN unit_coins; ALTER TABLE orders DROP COLUMN coins"
    )
