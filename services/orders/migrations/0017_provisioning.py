"""Partners that switch things on, and what they were asked for."""

import json

from alembic import op

revision = "0017"
down_revision = "0016"

TABLES = """
CREATE TABLE provisioner (
    provisioner    text NOT NULL CHECK (provisioner ~ '^[a-z0-9-]{1,40}$'),
    effective_from timestamptz NOT NULL,
    adapter        text NOT NULL CHECK (adapter IN ('open_provision')),
    endpoint       text NOT NULL,
    secret_name    text NOT NULL,
    timeout_ms     integer NOT NULL CHECK (timeout_ms BETWEEN 100 AND 5000),
    asks_for       text NOT NULL CHECK (asks_for IN ('phone', 'account')),
    pattern        text NOT NULL,
    can_reverse    boolean NOT NULL,
    is_paused      boolean NOT NULL,
    name_zh        text NOT NULL,
    name_en        text NOT NULL,
    actor          text NOT NULL,
    reason         text NOT NULL,
    PRIMARY KEY (provisioner, effective_from)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON provisioner FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE order_line ADD COLUMN provision_to text;
CREATE TABLE provisioning (
    operation_id text PRIMARY KEY,
    order_id     text NOT NULL,
    line_no      integer NOT NULL,
    element_id   text NOT NULL,
    round        integer NOT NULL CHECK (round >= 1),
    provisioner  text NOT NULL,
    product      text NOT NULL,
    account      text NOT NULL,
    units        bigint NOT NULL CHECK (units > 0),
    can_reverse  boolean NOT NULL,
    state        text NOT NULL CHECK (state IN ('requested', 'unknown', 'succeeded', 'failed', 'reversed')),
    reference    text,
    problem      text,
    attempts     integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    asked_at     timestamptz,
    changed_at   timestamptz NOT NULL,
    UNIQUE (order_id, line_no, element_id, round),
    FOREIGN KEY (order_id, line_no) REFERENCES order_line (order_id, line_no)
);
INSERT INTO step_policy VALUES ('provision', '2020-01-01T00:00:00Z', 1, 30, 1800, 'migration', 'first');
"""
FLOW = "INSERT INTO order_flow VALUES ('provision', '', '2020-01-01T00:00:00Z', %s, 'migration', 'first')"
HOLDS = ["hold_goods", "hold_points", "hold_coins"]
# A partner is called when everything is paid for good: what it switched on is not always to be had back.
STEPS: dict[str, list[str]] = {
    **{hold: [] for hold in HOLDS},
    "take_cash": HOLDS,
    "confirm": ["take_cash"],
    "settle_points": ["confirm"],
    "settle_coins": ["confirm"],
    "provision": ["settle_points", "settle_coins"],
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    bind = op.get_bind()
    bind.exec_driver_sql(TABLES)
    bind.exec_driver_sql(FLOW, (json.dumps([{"step": step, "after": after} for step, after in STEPS.items()]),))


def downgrade() -> None:
    """The flow and the policy stay: without anything to switch on nobody follows them."""
    op.execute("DROP TABLE provisioning, provisioner; ALTER TABLE order_line DROP COLUMN provision_to")
