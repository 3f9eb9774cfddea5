"""What carriers said that they collected at doors, what they have paid over of it, and what differs."""

from alembic import op

revision = "0024"
down_revision = "0023"

TABLES = """
CREATE TABLE remittance_terms (
    carrier        text NOT NULL,
    effective_from timestamptz NOT NULL,
    remit_days     integer NOT NULL CHECK (remit_days BETWEEN 0 AND 90),
    actor          text NOT NULL,
    reason         text NOT NULL,
    PRIMARY KEY (carrier, effective_from)
);
INSERT INTO remittance_terms VALUES ('', '2020-01-01T00:00:00Z', 7, 'migration', 'carriers pay over once a week');

CREATE TABLE cash_claim (
    carrier      text NOT NULL,
    waybill_no   text NOT NULL,
    shipment_id  text,
    order_id     text REFERENCES orders,
    said_fen     bigint NOT NULL DEFAULT 0 CHECK (said_fen >= 0),
    said_at      timestamptz,
    due_at       timestamptz,
    remitted_fen bigint NOT NULL DEFAULT 0 CHECK (remitted_fen >= 0),
    by_hand_fen  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (carrier, waybill_no),
    CHECK ((shipment_id IS NULL) = (order_id IS NULL)),
    CHECK ((said_at IS NULL) = (due_at IS NULL)),
    CHECK (said_fen = 0 OR (said_at IS NOT NULL AND order_id IS NOT NULL))
);
CREATE INDEX cash_claim_uneven ON cash_claim (due_at) WHERE said_fen <> remitted_fen + by_hand_fen;
CREATE INDEX cash_claim_of_order ON cash_claim (order_id);

CREATE TABLE carrier_remittance (
    remittance_id text PRIMARY KEY,
    carrier       text NOT NULL,
    number        text NOT NULL,
    paid_on       date NOT NULL,
    reference     text NOT NULL,
    lines         integer NOT NULL CHECK (lines > 0),
    total_fen     bigint NOT NULL CHECK (total_fen > 0),
    recorded_at   timestamptz NOT NULL,
    actor         text NOT NULL,
    UNIQUE (carrier, number)
);
CREATE TABLE carrier_remittance_line (
    remittance_id text NOT NULL REFERENCES carrier_remittance,
    line_no       integer NOT NULL CHECK (line_no >= 1),
    carrier       text NOT NULL,
    waybill_no    text NOT NULL,
    amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
    PRIMARY KEY (remittance_id, line_no),
    FOREIGN KEY (carrier, waybill_no) REFERENCES cash_claim
);
CREATE INDEX carrier_remittance_line_of ON carrier_remittance_line (carrier, waybill_no);

CREATE TABLE remittance_difference (
    difference_id text PRIMARY KEY,
    carrier       text NOT NULL,
    waybill_no    text NOT NULL,
    order_id      text,
    what          text NOT NULL CHECK (what IN ('unknown', 'not_collected', 'missing', 'amount_differs')),
    said_fen      bigint NOT NULL,
    remitted_fen  bigint NOT NULL,
    missing_fen   bigint NOT NULL CHECK (missing_fen <> 0),
    state         text NOT NULL CHECK (state IN ('open', 'write_off_asked', 'settled', 'explained', 'written_off')),
    version       bigint NOT NULL DEFAULT 1,
    found_at      timestamptz NOT NULL,
    asked_by      text,
    asked_because text,
    closed_at     timestamptz,
    closed_by     text,
    note          text,
    FOREIGN KEY (carrier, waybill_no) REFERENCES cash_claim,
    CHECK ((state IN ('open', 'write_off_asked')) = (closed_at IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (note IS NULL)),
    CHECK (state <> 'write_off_asked' OR asked_by IS NOT NULL),
    CONSTRAINT two_persons_write_off CHECK (state <> 'written_off' OR asked_by <> closed_by),
    CONSTRAINT only_what_is_missing_is_written_off CHECK (
        state NOT IN ('write_off_asked', 'written_off') OR missing_fen > 0),
    CONSTRAINT what_is_missing_is_not_explained_away CHECK (state <> 'explained' OR missing_fen < 0)
);
CREATE UNIQUE INDEX remittance_difference_open ON remittance_difference (carrier, waybill_no)
    WHERE state IN ('open', 'write_off_asked');
CREATE INDEX remittance_difference_found ON remittance_difference (found_at);
"""
APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {0} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
# What was collected before is owed from the day on which this is put in.
CLAIMS = """
INSERT INTO cash_claim (carrier, waybill_no, shipment_id, order_id, said_fen, said_at, due_at)
SELECT p.carrier, p.waybill_no, p.shipment_id, p.order_id, pay.amount_fen, p.occurred_at, now() + interval '7 days'
FROM payment pay JOIN parcel p ON p.shipment_id = pay.provider_trade_no
WHERE pay.provider = 'on_delivery' AND pay.status = 'captured';
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(TABLES)
    for table in ("carrier_remittance", "carrier_remittance_line"):
        op.execute(APPEND_ONLY.format(table))
    op.execute(CLAIMS)


def downgrade() -> None:
    op.execute(
        "DROP TABLE remittance_difference, carrier_remittance_line, carrier_remittance, cash_claim, remittance_terms"
    )
