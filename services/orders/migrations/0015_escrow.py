"""What merchants sold: kept back until it was received, credited then, taken back by refunds."""

from alembic import op

revision = "0015"
down_revision = "0014"

TABLES = """
CREATE TABLE escrow_terms (
    merchant_id         text NOT NULL,
    effective_from      timestamptz NOT NULL,
    days_after_delivery integer NOT NULL CHECK (days_after_delivery BETWEEN 0 AND 180),
    actor               text NOT NULL,
    reason              text NOT NULL,
    PRIMARY KEY (merchant_id, effective_from)
);
INSERT INTO escrow_terms VALUES ('', '2020-01-01T00:00:00Z', 7, 'migration', 'as long as returns are offered');

CREATE TABLE merchant_escrow (
    order_id    text NOT NULL REFERENCES orders,
    merchant_id text NOT NULL,
    state       text NOT NULL CHECK (state IN ('kept', 'credited')),
    look_at     timestamptz,
    credited_at timestamptz,
    PRIMARY KEY (order_id, merchant_id),
    CHECK ((state = 'kept') = (look_at IS NOT NULL)),
    CHECK ((state = 'credited') = (credited_at IS NOT NULL))
);
CREATE INDEX merchant_escrow_kept ON merchant_escrow (look_at) WHERE state = 'kept';

CREATE TABLE merchant_entry (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    order_id    text NOT NULL,
    merchant_id text NOT NULL,
    operation   text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('sale', 'refund', 'credit', 'debit')),
    points      bigint NOT NULL,
    coins       bigint NOT NULL,
    cash_fen    bigint NOT NULL,
    at          timestamptz NOT NULL,
    actor       text NOT NULL,
    PRIMARY KEY (order_id, merchant_id, operation),
    FOREIGN KEY (order_id, merchant_id) REFERENCES merchant_escrow,
    CHECK (points <> 0 OR coins <> 0 OR cash_fen <> 0),
    CHECK (CASE WHEN kind IN ('sale', 'credit') THEN least(points, coins, cash_fen) >= 0
                ELSE greatest(points, coins, cash_fen) <= 0 END)
);
CREATE UNIQUE INDEX merchant_entry_of ON merchant_entry (merchant_id, id);
CREATE UNIQUE INDEX merchant_credit_once ON merchant_entry (order_id, merchant_id) WHERE kind = 'credit';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON merchant_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON merchant_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
# Orders that stand: what was paid for their lines, and what has gone back of it since.
ORDERS_OF_BEFORE = """
INSERT INTO merchant_escrow
SELECT DISTINCT order_id, merchant_id, 'kept', now(), NULL::timestamptz
FROM orders JOIN order_line USING (order_id) WHERE status IN ('confirmed', 'completed', 'cancelling');
INSERT INTO merchant_entry (order_id, merchant_id, operation, kind, points, coins, cash_fen, at, actor)
SELECT e.order_id, e.merchant_id, 'sale', 'sale', sum(l.points), sum(l.coins), sum(l.cash_fen), min(o.confirmed_at),
       'migration'
FROM merchant_escrow e JOIN orders o USING (order_id) JOIN order_line l USING (order_id, merchant_id)
GROUP BY e.order_id, e.merchant_id HAVING sum(l.points) + sum(l.coins) + sum(l.cash_fen) > 0;
INSERT INTO merchant_entry (order_id, merchant_id, operation, kind, points, coins, cash_fen, at, actor)
SELECT e.order_id, e.merchant_id, 'before', 'refund', -sum(u.points), -sum(u.coins), -sum(u.cash_fen), now(),
       'migration'
FROM merchant_escrow e JOIN order_line l USING (order_id, merchant_id)
JOIN after_sale_unit u ON u.order_id = l.order_id AND u.line_no = l.line_no AND u.is_given_back
GROUP BY e.order_id, e.merchant_id HAVING sum(u.points) + sum(u.coins) + sum(u.cash_fen) > 0;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(TABLES)
    op.execute(ORDERS_OF_BEFORE)


def downgrade() -> None:
    op.execute("DROP TABLE merchant_entry, merchant_escrow, escrow_terms")
