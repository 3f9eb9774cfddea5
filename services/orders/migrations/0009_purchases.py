"""Orders belong to purchases, and payments too: each order has its share in a payment, and refunds are of a share."""

from alembic import op

revision = "0009"
down_revision = "0008"

# So far each request made one order, and its purchase has the same digits.
PURCHASES = """
ALTER TABLE orders ADD COLUMN purchase_id text;
UPDATE orders SET purchase_id = 'pur_' || substr(order_id, 5);
ALTER TABLE orders ALTER COLUMN purchase_id SET NOT NULL;
CREATE INDEX orders_of_purchase ON orders (purchase_id, order_id);

CREATE TABLE payment_share (
    payment_id     text NOT NULL REFERENCES payment,
    order_id       text NOT NULL REFERENCES orders,
    amount_fen     bigint NOT NULL CHECK (amount_fen > 0),
    given_back_fen bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (payment_id, order_id),
    CONSTRAINT no_more_back_than_paid CHECK (given_back_fen BETWEEN 0 AND amount_fen)
);
CREATE INDEX payment_share_of_order ON payment_share (order_id);
INSERT INTO payment_share
SELECT payment_id, order_id, amount_fen,
       coalesce((SELECT sum(r.amount_fen) FROM refund r WHERE r.payment_id = payment.payment_id), 0)
FROM payment;

ALTER TABLE refund ADD COLUMN order_id text;
UPDATE refund r SET order_id = p.order_id FROM payment p WHERE p.payment_id = r.payment_id;
ALTER TABLE refund ALTER COLUMN order_id SET NOT NULL,
    ADD CONSTRAINT refund_of_share FOREIGN KEY (payment_id, order_id) REFERENCES payment_share;

ALTER TABLE payment ADD COLUMN purchase_id text;
UPDATE payment p SET purchase_id = o.purchase_id FROM orders o WHERE o.order_id = p.order_id;
ALTER TABLE payment ALTER COLUMN purchase_id SET NOT NULL, DROP COLUMN order_id, DROP COLUMN tender_id;
CREATE INDEX payment_of_purchase ON payment (purchase_id);
CREATE UNIQUE INDEX payment_open ON payment (purchase_id) WHERE status = 'open';
"""
ORDERS_ALONE = """
ALTER TABLE payment ADD COLUMN order_id text REFERENCES orders, ADD COLUMN tender_id text REFERENCES tender;
UPDATE payment p SET order_id = (SELECT order_id FROM payment_share s WHERE s.payment_id = p.payment_id);
UPDATE payment p SET tender_id = t.tender_id FROM tender t WHERE t.order_id = p.order_id AND t.kind = 'cash';
ALTER TABLE payment ALTER COLUMN order_id SET NOT NULL, ALTER COLUMN tender_id SET NOT NULL, DROP COLUMN purchase_id;
CREATE INDEX payment_of_order ON payment (order_id);
CREATE UNIQUE INDEX payment_open ON payment (tender_id) WHERE status = 'open';
ALTER TABLE refund DROP COLUMN order_id;
DROP TABLE payment_share;
ALTER TABLE orders DROP COLUMN purchase_id;
"""


def upgrade() -> None:
    """Every order is written once, so orders stands still meanwhile; who cannot get the locks soon gives up whole."""
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(PURCHASES)


def downgrade() -> None:
    """Refused by the database once several orders were paid at once."""
    op.execute(ORDERS_ALONE)
