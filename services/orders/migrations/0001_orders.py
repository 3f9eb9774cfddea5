"""Orders with their lines, tenders, payments, parcels, codes and history."""

from alembic import op

from services.chassis.data.tables import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE sale_terms (
    effective_from     timestamptz PRIMARY KEY,
    pay_window_s       integer NOT NULL CHECK (pay_window_s BETWEEN 60 AND 86400),
    hold_grace_s       integer NOT NULL CHECK (hold_grace_s BETWEEN 30 AND 86400),
    covered_hold_s     integer NOT NULL CHECK (covered_hold_s BETWEEN 60 AND 86400),
    auto_complete_days integer NOT NULL CHECK (auto_complete_days BETWEEN 1 AND 90),
    actor              text NOT NULL,
    CHECK (covered_hold_s > hold_grace_s)
);
INSERT INTO sale_terms VALUES ('2020-01-01T00:00:00Z', 900, 300, 900, 7, 'migration');

CREATE TABLE orders (
    order_id          text PRIMARY KEY,
    member_id         text NOT NULL,
    channel           text NOT NULL,
    language          text NOT NULL,
    status            text NOT NULL CHECK (status IN ('awaiting_payment', 'confirmed', 'closing', 'closed',
                                                      'cancelling', 'cancelled', 'completed')),
    payment_status    text NOT NULL CHECK (payment_status IN ('none', 'partial', 'paid', 'partially_refunded',
                                                              'refunded')),
    fulfilment_status text NOT NULL CHECK (fulfilment_status IN ('none', 'partial', 'shipped', 'delivered',
                                                                 'returned')),
    version           bigint NOT NULL CHECK (version >= 1),
    points            bigint NOT NULL CHECK (points >= 0),
    cash_fen          bigint NOT NULL CHECK (cash_fen >= 0),
    delivery_address  jsonb,
    placed_at         timestamptz NOT NULL,
    pay_by            timestamptz,
    confirmed_at      timestamptz,
    delivered_at      timestamptz,
    completed_at      timestamptz,
    ended_at          timestamptz,
    close_reason      text,
    closed_by         text,
    due_at            timestamptz,
    CHECK ((cash_fen > 0) = (pay_by IS NOT NULL)),
    CHECK (status NOT IN ('closing', 'closed', 'cancelling', 'cancelled') OR close_reason IS NOT NULL)
);
CREATE INDEX orders_of_member ON orders (member_id, placed_at DESC, order_id DESC);
CREATE INDEX orders_due ON orders (status, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX orders_by_status ON orders (status, payment_status, fulfilment_status);

CREATE TABLE order_line (
    order_id      text NOT NULL REFERENCES orders,
    line_no       integer NOT NULL CHECK (line_no >= 1),
    sku_id        text NOT NULL,
    goods_id      text NOT NULL,
    merchant_id   text NOT NULL,
    price_id      text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('virtual', 'physical')),
    name_zh       text NOT NULL,
    name_en       text NOT NULL,
    quantity      integer NOT NULL CHECK (quantity >= 1),
    points        bigint NOT NULL CHECK (points >= 0),
    cash_fen      bigint NOT NULL CHECK (cash_fen >= 0),
    unit_points   bigint[] NOT NULL CHECK (cardinality(unit_points) = quantity),
    unit_cash_fen bigint[] NOT NULL CHECK (cardinality(unit_cash_fen) = quantity),
    PRIMARY KEY (order_id, line_no)
);

CREATE TABLE tender (
    tender_id text PRIMARY KEY,
    order_id  text NOT NULL REFERENCES orders,
    kind      text NOT NULL CHECK (kind IN ('points', 'cash')),
    provider  text,
    due       bigint NOT NULL CHECK (due > 0),
    UNIQUE (order_id, kind),
    CHECK ((kind = 'cash') = (provider IS NOT NULL))
);

CREATE TABLE tender_event (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tender_id    text NOT NULL REFERENCES tender,
    op           text NOT NULL CHECK (op IN ('hold', 'capture', 'void', 'refund')),
    outcome      text NOT NULL CHECK (outcome IN ('requested', 'succeeded', 'failed', 'unknown')),
    amount       bigint NOT NULL CHECK (amount > 0),
    reference    text NOT NULL,
    provider_ref text,
    notify_id    text,
    recorded_at  timestamptz NOT NULL,
    actor        text NOT NULL,
    UNIQUE (tender_id, op, reference, outcome)
);
CREATE UNIQUE INDEX tender_event_provider_ref ON tender_event (tender_id, op, provider_ref)
    WHERE outcome = 'succeeded' AND provider_ref IS NOT NULL;

CREATE TABLE payment (
    payment_id        text PRIMARY KEY,
    order_id          text NOT NULL REFERENCES orders,
    tender_id         text NOT NULL UNIQUE REFERENCES tender,
    provider          text NOT NULL,
    amount_fen        bigint NOT NULL CHECK (amount_fen > 0),
    status            text NOT NULL CHECK (status IN ('open', 'captured', 'closed')),
    provider_trade_no text,
    started_at        timestamptz NOT NULL,
    expires_at        timestamptz NOT NULL,
    UNIQUE (provider, provider_trade_no),
    CHECK ((status = 'captured') <= (provider_trade_no IS NOT NULL))
);
CREATE INDEX payment_of_order ON payment (order_id);

CREATE TABLE payment_notice (
    provider    text NOT NULL,
    notify_id   text NOT NULL,
    payment_id  text NOT NULL REFERENCES payment,
    outcome     text NOT NULL CHECK (outcome IN ('applied', 'duplicate', 'ignored', 'amount_differs')),
    form        jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (provider, notify_id)
);
CREATE INDEX payment_notice_of_payment ON payment_notice (payment_id);

CREATE TABLE refund (
    refund_id  text PRIMARY KEY,
    payment_id text NOT NULL REFERENCES payment,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    reason     text NOT NULL,
    status     text NOT NULL CHECK (status IN ('open', 'done')),
    due_at     timestamptz,
    attempts   integer NOT NULL DEFAULT 0,
    problem    text,
    CHECK ((status = 'open') = (due_at IS NOT NULL))
);
CREATE INDEX refund_due ON refund (due_at) WHERE status = 'open';
CREATE INDEX refund_of_payment ON refund (payment_id);

CREATE TABLE parcel (
    shipment_id     text PRIMARY KEY,
    order_id        text NOT NULL REFERENCES orders,
    carrier         text NOT NULL,
    carrier_name_zh text NOT NULL,
    carrier_name_en text NOT NULL,
    waybill_no      text NOT NULL,
    line_nos        integer[] NOT NULL CHECK (cardinality(line_nos) > 0),
    status          text NOT NULL CHECK (status IN ('pending', 'dispatched', 'picked_up', 'in_transit',
                        'out_for_delivery', 'delivered', 'delivery_failed', 'returned', 'lost', 'damaged',
                        'cancelled')),
    occurred_at     timestamptz NOT NULL
);
CREATE INDEX parcel_of_order ON parcel (order_id);

CREATE TABLE issued_code (
    order_id    text NOT NULL REFERENCES orders,
    code        text NOT NULL,
    sku_id      text NOT NULL,
    valid_until text,
    issued_at   timestamptz NOT NULL,
    PRIMARY KEY (order_id, sku_id, code)
);

CREATE TABLE order_fact (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id text NOT NULL REFERENCES orders,
    what     text NOT NULL,
    at       timestamptz NOT NULL,
    actor    text NOT NULL,
    details  jsonb NOT NULL
);
CREATE INDEX order_fact_of_order ON order_fact (order_id, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON tender_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON order_fact
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON tender_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON order_fact
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    create_chassis_tables(op)
    op.execute(TABLES)


def downgrade() -> None:
    op.execute(
        "DROP TABLE order_fact, issued_code, parcel, refund, payment_notice, payment, tender_event, tender,"
        " order_line, orders, sale_terms; DROP FUNCTION refuse_change"
    )
    drop_chassis_tables(op)
