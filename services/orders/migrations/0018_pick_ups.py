"""Orders that are picked up in business halls: a flow of their own, and what catalog tells of them."""

import json

from alembic import op

revision = "0018"
down_revision = "0017"

TABLES = """
ALTER TABLE orders ADD COLUMN pick_up_at text,
    ADD CHECK (pick_up_at IS NULL OR delivery_address IS NULL);
ALTER TABLE sale_terms ADD COLUMN fetch_days integer NOT NULL DEFAULT 7 CHECK (fetch_days BETWEEN 1 AND 60);
CREATE TABLE pick_up (
    order_id     text PRIMARY KEY REFERENCES orders,
    name_zh      text,
    name_en      text,
    code         text,
    prepared_at  timestamptz,
    fetch_by     timestamptz,
    collected_at timestamptz,
    key_id       text,
    CHECK (prepared_at IS NOT NULL OR collected_at IS NOT NULL),
    CHECK ((prepared_at IS NULL) = (code IS NULL) AND (prepared_at IS NULL) = (fetch_by IS NULL))
);
INSERT INTO step_policy
SELECT step, '2020-01-01T00:00:00Z', ask_after_s, ask_every_s, stuck_after_s, 'migration', 'first' FROM (VALUES
    ('prepare', CAST(NULL AS integer), 60, 900), ('hand_over', 259200, 86400, NULL)
) first (step, ask_after_s, ask_every_s, stuck_after_s);
"""
FLOW = "INSERT INTO order_flow VALUES ('parcel', 'pick_up', '2020-01-01T00:00:00Z', %s, 'migration', 'at a hall')"
STEPS: dict[str, list[str]] = {
    "hold_goods": [],
    "hold_points": [],
    "hold_coins": [],
    "take_cash": ["hold_goods", "hold_points", "hold_coins"],
    "confirm": ["take_cash"],
    "settle_points": ["confirm"],
    "settle_coins": ["confirm"],
    "prepare": ["confirm"],
    "hand_over": ["prepare"],
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.get_bind().exec_driver_sql(TABLES)
    op.get_bind().exec_driver_sql(FLOW, (json.dumps([{"step": s, "after": after} for s, after in STEPS.items()]),))


def downgrade() -> None:
    """The flow and the policies stay: rows of history are not taken away."""
    op.execute("DROP TABLE pick_up; ALTER TABLE sale_terms DROP COLUMN fetch_days")
    op.execute("ALTER TABLE orders DROP COLUMN pick_up_at")
