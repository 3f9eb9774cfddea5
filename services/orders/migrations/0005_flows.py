"""How orders are carried out, as data: flows of steps, what is done about a step that takes its time, and the plan of
each order."""

import json

from alembic import op

revision = "0005"
down_revision = "0004"

RULES = """
CREATE TABLE order_flow (
    delivery       text NOT NULL,
    variant        text NOT NULL,
    effective_from timestamptz NOT NULL,
    steps          jsonb NOT NULL CHECK (jsonb_typeof(steps) = 'array' AND jsonb_array_length(steps) > 0),
    actor          text NOT NULL,
    reason         text NOT NULL,
    PRIMARY KEY (delivery, variant, effective_from)
);
CREATE TABLE step_policy (
    step           text NOT NULL,
    effective_from timestamptz NOT NULL,
    ask_after_s    integer CHECK (ask_after_s BETWEEN 1 AND 2592000),
    ask_every_s    integer NOT NULL CHECK (ask_every_s BETWEEN 30 AND 86400),
    stuck_after_s  integer CHECK (stuck_after_s BETWEEN 60 AND 31536000),
    actor          text NOT NULL,
    reason         text NOT NULL,
    PRIMARY KEY (step, effective_from)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON order_flow FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON step_policy FOR EACH ROW EXECUTE FUNCTION refuse_change();
INSERT INTO step_policy
SELECT step, '2020-01-01T00:00:00Z', ask_after_s, ask_every_s, stuck_after_s, 'migration', 'first' FROM (VALUES
    ('take_cash', NULL, 30, 86400), ('settle_points', 120, 120, 1800), ('issue_codes', NULL, 60, 900),
    ('carry', NULL, 30, 1209600)
) first (step, ask_after_s, ask_every_s, stuck_after_s);
"""

FLOW = "INSERT INTO order_flow VALUES (%s, '', '2020-01-01T00:00:00Z', %s, 'migration', 'as it always was')"
_UNTIL_CONFIRMED: dict[str, list[str]] = {
    "hold_goods": [],
    "hold_points": [],
    "take_cash": ["hold_goods", "hold_points"],
    "confirm": ["take_cash"],
    "settle_points": ["confirm"],
}
FLOWS = {
    "parcel": {**_UNTIL_CONFIRMED, "carry": ["confirm"], "receive": ["carry"]},
    "code": {**_UNTIL_CONFIRMED, "issue_codes": ["confirm"]},
}

# Where an order without a plan stands follows from its status; what comes after, from what its lines consist of.
PLANS = """
ALTER TABLE orders ADD COLUMN variant text NOT NULL DEFAULT '', ADD COLUMN lane text NOT NULL DEFAULT 'inside',
    ADD COLUMN stuck_step text, ADD COLUMN plan jsonb NOT NULL DEFAULT '[]';
UPDATE orders o SET lane = t.provider FROM tender t
WHERE t.order_id = o.order_id AND t.kind = 'cash' AND o.status IN ('awaiting_payment', 'closing');
WITH kinds AS (
    SELECT o.order_id, o.status, o.placed_at, o.due_at,
           o.status IN ('confirmed', 'cancelling') AS confirmed, o.cash_fen > 0 AS cash,
           bool_or(part ->> 'delivery' = 'parcel') AS parcel, bool_or(part ->> 'delivery' = 'code') AS code
    FROM orders o JOIN order_line USING (order_id), jsonb_array_elements(parts) part
    WHERE o.status IN ('awaiting_payment', 'closing', 'confirmed', 'cancelling') GROUP BY o.order_id
), steps AS (
    SELECT order_id, placed_at, due_at, step.* FROM kinds, LATERAL (VALUES
        (1, 'hold_goods', '[]', 'done', true), (2, 'hold_points', '[]', 'done', true),
        (3, 'take_cash', '["hold_goods", "hold_points"]',
            CASE WHEN confirmed THEN 'done' WHEN status = 'closing' THEN 'undoing' ELSE 'doing' END, true),
        (4, 'confirm', '["take_cash"]', CASE WHEN confirmed THEN 'done' ELSE 'waiting' END, true),
        (5, 'settle_points', '["confirm"]', CASE WHEN confirmed THEN 'doing' ELSE 'waiting' END, true),
        (6, 'carry', '["confirm"]',
            CASE WHEN status = 'cancelling' THEN 'undoing' WHEN confirmed THEN 'doing' ELSE 'waiting' END, parcel),
        (7, 'issue_codes', '["confirm"]', CASE WHEN confirmed THEN 'doing' ELSE 'waiting' END, code),
        (8, 'receive', '["carry"]', 'waiting', parcel)
    ) step (place, name, after, state, is_needed) WHERE step.is_needed
)
UPDATE orders o SET plan = planned.plan FROM (
    SELECT order_id, jsonb_agg(
        jsonb_build_object('step', name, 'after', after::jsonb, 'state', state)
        || CASE WHEN state = 'waiting' THEN '{}' ELSE jsonb_build_object('since', placed_at) END
        || CASE WHEN state = 'undoing' THEN jsonb_build_object('due_at', due_at) ELSE '{}' END ORDER BY place) AS plan
    FROM steps GROUP BY order_id
) planned WHERE planned.order_id = o.order_id;
-- Everything that goes on is looked at once more, by its plan.
UPDATE orders SET due_at = now() WHERE status = 'confirmed' AND due_at IS NULL;
ALTER TABLE orders ALTER COLUMN plan DROP DEFAULT, ALTER COLUMN lane DROP DEFAULT, ALTER COLUMN variant DROP DEFAULT;
DROP INDEX orders_due;
CREATE INDEX orders_due ON orders (lane, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX orders_stuck ON orders (stuck_step) WHERE stuck_step IS NOT NULL;
"""


def upgrade() -> None:
    """Every live order is written once, so orders stands still; who cannot get the lock soon gives up whole."""
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.get_bind().exec_driver_sql(RULES)
    for delivery, steps in FLOWS.items():
        stored = json.dumps([{"step": step, "after": after} for step, after in steps.items()])
        op.get_bind().exec_driver_sql(FLOW, (delivery, stored))
    op.get_bind().exec_driver_sql(PLANS)


def downgrade() -> None:
    op.execute(
        "DROP TABLE order_flow, step_policy; ALTER TABLE orders DROP COLUMN plan, DROP COLUMN lane,"
        " DROP COLUMN stuck_step, DROP COLUMN variant; CREATE INDEX orders_due ON orders (status, due_at)"
        " WHERE due_at IS NOT NULL"
    )
