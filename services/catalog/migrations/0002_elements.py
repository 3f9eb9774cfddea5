"""Goods are composed of elements, and stock is of elements: every SKU of before gets one of its own."""

from alembic import op

# ruff: noqa: S608 — statements put together of constants of this file

revision = "0002"
down_revision = "0001"

# The id that services.catalog.contract.own_element gives.
_OWN = "'elm_' || left(encode(sha256(convert_to({column}, 'UTF8')), 'hex'), 32)"

ELEMENTS = f"""
CREATE TABLE element (
    element_id text PRIMARY KEY,
    delivery text NOT NULL CHECK (delivery IN ('parcel', 'code')),
    name_zh text NOT NULL,
    name_en text NOT NULL,
    least_tier text NOT NULL CHECK (least_tier IN ('registered', 'blue', 'gold', 'red')),
    market_value_fen bigint CHECK (market_value_fen >= 0),
    codes_valid_days int CHECK (codes_valid_days > 0),
    CHECK (delivery = 'code' OR codes_valid_days IS NULL)
);
CREATE TABLE sku_element (
    sku_id text NOT NULL REFERENCES sku,
    element_id text NOT NULL REFERENCES element,
    quantity int NOT NULL CHECK (quantity > 0),
    position int NOT NULL,
    PRIMARY KEY (sku_id, element_id)
);
CREATE INDEX sku_element_of_element ON sku_element (element_id);

INSERT INTO element (element_id, delivery, name_zh, name_en, least_tier, codes_valid_days)
SELECT {_OWN.format(column="sku_id")}, CASE kind WHEN 'physical' THEN 'parcel' ELSE 'code' END,
       left(btrim(name_zh || ' ' || variant_zh), 200), left(btrim(name_en || ' ' || variant_en), 200),
       'registered', CASE kind WHEN 'virtual' THEN codes_valid_days END
FROM sku JOIN goods USING (goods_id);
INSERT INTO sku_element SELECT sku_id, {_OWN.format(column="sku_id")}, 1, 0 FROM sku;
ALTER TABLE sku DROP COLUMN codes_valid_days;
"""

# What an order was promised, once for all: ``quantity`` units of the element in each of ``pieces`` of the SKU.
PARTS = f"""
CREATE TABLE reservation_part (
    order_id text NOT NULL REFERENCES reservation,
    sku_id text NOT NULL REFERENCES sku,
    element_id text NOT NULL REFERENCES element,
    pieces bigint NOT NULL CHECK (pieces > 0),
    quantity bigint NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, sku_id, element_id)
);
INSERT INTO reservation_part (order_id, sku_id, element_id, pieces, quantity)
SELECT order_id, sku_id, {_OWN.format(column="sku_id")}, sum(quantity), 1
FROM reservation_line GROUP BY order_id, sku_id;
"""

# The same rows under the ids of elements. Movements and issued codes are append-only for everybody but this migration.
STOCK = f"""
ALTER TABLE movement DROP CONSTRAINT movement_sku_id_warehouse_id_fkey;
ALTER TABLE reservation_line DROP CONSTRAINT reservation_line_sku_id_warehouse_id_fkey;
ALTER TABLE stock_level DROP CONSTRAINT stock_level_sku_id_fkey;
ALTER TABLE stock_level RENAME COLUMN sku_id TO element_id;
ALTER TABLE movement RENAME COLUMN sku_id TO element_id;
ALTER TABLE reservation_line RENAME COLUMN sku_id TO element_id;
ALTER TABLE movement DISABLE TRIGGER movement_append_only;
ALTER TABLE code DISABLE TRIGGER code_issued_for_ever;
UPDATE stock_level SET element_id = {_OWN.format(column="element_id")};
UPDATE movement SET element_id = {_OWN.format(column="element_id")};
UPDATE reservation_line SET element_id = {_OWN.format(column="element_id")};

ALTER TABLE code ADD COLUMN element_id text;
ALTER TABLE code ALTER COLUMN sku_id DROP NOT NULL;
UPDATE code SET element_id = {_OWN.format(column="sku_id")}, sku_id = CASE state WHEN 'issued' THEN sku_id END;
"""

CONSTRAINTS = """
ALTER TABLE stock_level ADD FOREIGN KEY (element_id) REFERENCES element;
ALTER TABLE movement ADD FOREIGN KEY (element_id, warehouse_id) REFERENCES stock_level;
ALTER TABLE reservation_line ADD FOREIGN KEY (element_id, warehouse_id) REFERENCES stock_level;
ALTER TABLE code ALTER COLUMN element_id SET NOT NULL;
ALTER TABLE code ADD FOREIGN KEY (element_id) REFERENCES element;
ALTER TABLE code ADD CHECK ((state = 'issued') = (sku_id IS NOT NULL));
ALTER TABLE movement ENABLE TRIGGER movement_append_only;
ALTER TABLE code ENABLE TRIGGER code_issued_for_ever;
DROP INDEX code_free;
CREATE INDEX code_free ON code (element_id, id) WHERE state = 'free';
"""


def upgrade() -> None:
    """Stock rows change their key, so catalog stands still meanwhile; who cannot get the locks soon gives up whole."""
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute("LOCK TABLE goods, sku, stock_level, movement, reservation, reservation_line, code IN EXCLUSIVE MODE")
    for step in (ELEMENTS, PARTS, STOCK, CONSTRAINTS):
        op.execute(step)


def downgrade() -> None:
    raise NotImplementedError("elements that several SKUs share have no stock of one SKU to go back to")
