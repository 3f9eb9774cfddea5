"""Carts of members, and the terms on which lines are kept."""

from alembic import op

revision = "0011"
down_revision = "0010"

# A line of which an order took everything stays for a while with a quantity of 0: then taking is one conditional
# update, whatever another device does to the line meanwhile.
CARTS = """
CREATE TABLE cart (
    member_id text PRIMARY KEY,
    version bigint NOT NULL CHECK (version > 0)
) WITH (fillfactor = 80);
CREATE TABLE cart_line (
    member_id text NOT NULL REFERENCES cart ON DELETE CASCADE,
    sku_id text NOT NULL,
    price_id text NOT NULL,
    goods_id text NOT NULL,
    merchant_id text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    quantity int NOT NULL CHECK (quantity BETWEEN 0 AND 99),
    is_chosen boolean NOT NULL,
    seen_points bigint NOT NULL CHECK (seen_points >= 0),
    seen_coins bigint NOT NULL CHECK (seen_coins >= 0),
    seen_cash_fen bigint NOT NULL CHECK (seen_cash_fen >= 0),
    version bigint NOT NULL,
    put_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, sku_id, price_id)
) WITH (fillfactor = 80);
CREATE INDEX cart_line_untouched ON cart_line (changed_at);
CREATE TABLE cart_terms (
    effective_from timestamptz PRIMARY KEY,
    most_lines int NOT NULL CHECK (most_lines BETWEEN 1 AND 200),
    keep_days int NOT NULL CHECK (keep_days > 0),
    reason text NOT NULL,
    actor text NOT NULL
);
INSERT INTO cart_terms VALUES ('-infinity', 120, 180, 'the first ones', 'migration');
"""


def upgrade() -> None:
    op.execute(CARTS)


def downgrade() -> None:
    op.execute("DROP TABLE cart_line, cart, cart_terms")
