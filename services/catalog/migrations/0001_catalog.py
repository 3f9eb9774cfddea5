"""Merchants, goods, prices, pictures, stock, reservations and codes."""

import sqlalchemy as sa
from alembic import op

from services.chassis.data.tables import create_chassis_tables, drop_chassis_tables
from services.chassis.ids import derived_id

revision = "0001"
down_revision = None

GOODS = """
CREATE TABLE merchant (
    merchant_id text PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL
);
CREATE TABLE category (
    path text PRIMARY KEY CHECK (path ~ '^[a-z0-9-]+(/[a-z0-9-]+)*$'),
    parent text GENERATED ALWAYS AS (nullif(regexp_replace(path, '/?[^/]+$', ''), '')) STORED
        REFERENCES category (path),
    name_zh text NOT NULL,
    name_en text NOT NULL
);
CREATE TABLE goods (
    goods_id text PRIMARY KEY,
    merchant_id text NOT NULL REFERENCES merchant,
    category text NOT NULL REFERENCES category (path),
    kind text NOT NULL CHECK (kind IN ('virtual', 'physical')),
    name_zh text NOT NULL,
    name_en text NOT NULL,
    description_zh text NOT NULL,
    description_en text NOT NULL,
    least_tier text NOT NULL CHECK (least_tier IN ('registered', 'blue', 'gold', 'red')),
    on_sale_from timestamptz NOT NULL,
    on_sale_until timestamptz,
    search_text text NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX goods_newest ON goods (on_sale_from, goods_id);
CREATE INDEX goods_of_merchant ON goods (merchant_id);
CREATE INDEX goods_in_category ON goods (category text_pattern_ops);
CREATE INDEX goods_search ON goods USING gin (search_text gin_trgm_ops);

CREATE TABLE sku (
    sku_id text PRIMARY KEY,
    goods_id text NOT NULL REFERENCES goods,
    variant_zh text NOT NULL,
    variant_en text NOT NULL,
    position int NOT NULL,
    codes_valid_days int CHECK (codes_valid_days > 0),
    retired_at timestamptz
);
CREATE INDEX sku_of_goods ON sku (goods_id);

-- One row a term: what price_id cost from when until when. A change closes the open term and opens another.
CREATE TABLE price (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    price_id text NOT NULL,
    sku_id text NOT NULL REFERENCES sku,
    points bigint NOT NULL CHECK (points >= 0),
    cash_fen bigint NOT NULL CHECK (cash_fen >= 0),
    effective_from timestamptz NOT NULL,
    effective_until timestamptz,
    actor text NOT NULL,
    CHECK (points > 0 OR cash_fen > 0),
    CHECK (effective_until >= effective_from)
);
CREATE UNIQUE INDEX price_open_term ON price (price_id) WHERE effective_until IS NULL;
CREATE INDEX price_of_sku ON price (sku_id);
CREATE INDEX price_terms ON price (price_id, effective_from);

CREATE TABLE picture (
    goods_id text PRIMARY KEY REFERENCES goods,
    svg text NOT NULL,
    etag text NOT NULL
);
"""

STOCK = """
CREATE TABLE warehouse (
    warehouse_id text PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    priority int NOT NULL UNIQUE
);
CREATE TABLE stock_level (
    sku_id text NOT NULL REFERENCES sku,
    warehouse_id text NOT NULL REFERENCES warehouse,
    on_hand bigint NOT NULL DEFAULT 0,
    reserved bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (sku_id, warehouse_id),
    CHECK (0 <= reserved AND reserved <= on_hand)
) WITH (fillfactor = 70);

CREATE TABLE movement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('received', 'committed', 'returned', 'adjusted')),
    sku_id text NOT NULL,
    warehouse_id text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity <> 0),
    order_id text,
    reason text NOT NULL,
    actor text NOT NULL,
    moved_at timestamptz NOT NULL,
    FOREIGN KEY (sku_id, warehouse_id) REFERENCES stock_level,
    CHECK ((kind IN ('committed', 'returned')) = (order_id IS NOT NULL)),
    CHECK (kind = 'adjusted' OR (kind = 'committed') = (quantity < 0))
);
CREATE INDEX movement_of_level ON movement (sku_id, warehouse_id) INCLUDE (quantity);
CREATE INDEX movement_of_order ON movement (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE reservation (
    order_id text PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('held', 'committed', 'released', 'expired')),
    expires_at timestamptz NOT NULL,
    reason text,
    version int NOT NULL DEFAULT 1,
    codes_handed_over_at timestamptz,
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX reservation_due ON reservation (expires_at) WHERE status = 'held';

CREATE TABLE reservation_line (
    order_id text NOT NULL REFERENCES reservation,
    sku_id text NOT NULL,
    warehouse_id text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, sku_id, warehouse_id),
    FOREIGN KEY (sku_id, warehouse_id) REFERENCES stock_level
);

CREATE TABLE code (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL UNIQUE,
    sku_id text NOT NULL REFERENCES sku,
    state text NOT NULL DEFAULT 'free' CHECK (state IN ('free', 'issued')),
    order_id text REFERENCES reservation,
    issued_at timestamptz,
    valid_until date,
    CHECK ((state = 'issued') = (order_id IS NOT NULL)),
    CHECK ((state = 'issued') = (issued_at IS NOT NULL))
);
CREATE INDEX code_free ON code (sku_id, id) WHERE state = 'free';
CREATE INDEX code_of_order ON code (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE reservation_policy (
    effective_from timestamptz PRIMARY KEY,
    extend_s int NOT NULL CHECK (extend_s > 0),
    settle_at_once int NOT NULL CHECK (settle_at_once BETWEEN 1 AND 500),
    actor text NOT NULL
);
"""

# What the rows promise must hold against a wrong hand at the console too.
GUARDS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER movement_append_only BEFORE UPDATE OR DELETE ON movement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER code_issued_for_ever BEFORE UPDATE OR DELETE ON code
    FOR EACH ROW WHEN (OLD.state = 'issued') EXECUTE FUNCTION refuse_change();
"""

FIRST_WAREHOUSE = sa.text(
    "INSERT INTO warehouse (warehouse_id, name_zh, name_en, priority)"
    " VALUES (:warehouse_id, '中央仓', 'Central warehouse', 1)"
)


def upgrade() -> None:
    create_chassis_tables(op)
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(GOODS)
    op.execute(STOCK)
    op.execute(GUARDS)
    op.get_bind().execute(FIRST_WAREHOUSE, {"warehouse_id": derived_id("whs", "central")})
    op.execute("INSERT INTO reservation_policy VALUES ('-infinity', 300, 100, 'migration')")


def downgrade() -> None:
    op.execute(
        "DROP TABLE reservation_policy, code, reservation_line, reservation, movement, stock_level, warehouse,"
        " picture, price, sku, goods, category, merchant"
    )
    op.execute("DROP FUNCTION refuse_change()")
    drop_chassis_tables(op)
