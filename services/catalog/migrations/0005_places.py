"""Places where stock lies, warehouses and business halls, and movements that move levels by themselves."""

from alembic import op

revision = "0005"
down_revision = "0004"

PLACES = """
ALTER TABLE warehouse RENAME TO place;
ALTER TABLE place RENAME COLUMN warehouse_id TO place_id;
ALTER TABLE stock_level RENAME COLUMN warehouse_id TO place_id;
ALTER TABLE movement RENAME COLUMN warehouse_id TO place_id;
ALTER TABLE reservation_line RENAME COLUMN warehouse_id TO place_id;

ALTER TABLE place
    DROP CONSTRAINT warehouse_priority_key,
    ADD COLUMN kind text NOT NULL DEFAULT 'warehouse' CHECK (kind IN ('warehouse', 'hall')),
    ADD COLUMN state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    ADD COLUMN province text,
    ADD COLUMN city text,
    ADD COLUMN latitude_e6 int CHECK (latitude_e6 BETWEEN -90000000 AND 90000000),
    ADD COLUMN longitude_e6 int CHECK (longitude_e6 BETWEEN -180000000 AND 180000000),
    ADD COLUMN version int NOT NULL DEFAULT 1,
    ADD CHECK ((latitude_e6 IS NULL) = (longitude_e6 IS NULL)),
    ADD CHECK (priority >= 0);
ALTER TABLE place ALTER COLUMN kind DROP DEFAULT, ALTER COLUMN state DROP DEFAULT, ALTER COLUMN version DROP DEFAULT;

-- What a place was told to be, by whom and why: one row a version.
CREATE TABLE place_change (
    place_id text NOT NULL REFERENCES place,
    version int NOT NULL,
    told jsonb NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (place_id, version)
);
CREATE TRIGGER place_change_append_only BEFORE UPDATE OR DELETE ON place_change
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
INSERT INTO place_change SELECT place_id, version, to_jsonb(place) - 'place_id' - 'version', 'the first one',
    'migration', now() FROM place;

-- Where cities are, by the names of delivery addresses.
CREATE TABLE locality (
    province text NOT NULL,
    city text NOT NULL,
    latitude_e6 int NOT NULL CHECK (latitude_e6 BETWEEN -90000000 AND 90000000),
    longitude_e6 int NOT NULL CHECK (longitude_e6 BETWEEN -180000000 AND 180000000),
    PRIMARY KEY (province, city)
);
"""

# Of a kind a movement is in or out, and belongs to an order, to a document, or to a request alone.
MOVEMENTS = """
ALTER TABLE movement
    DROP CONSTRAINT movement_kind_check, DROP CONSTRAINT movement_check, DROP CONSTRAINT movement_check1,
    ADD COLUMN document_id text,
    ADD COLUMN key text;
ALTER TABLE movement DISABLE TRIGGER movement_append_only;
UPDATE movement SET key = 'movement:' || id;
ALTER TABLE movement ENABLE TRIGGER movement_append_only;
ALTER TABLE movement
    ALTER COLUMN key SET NOT NULL,
    ADD CONSTRAINT movement_goes_its_way CHECK (CASE
        WHEN kind IN ('received', 'returned', 'transfer_in') THEN quantity > 0
        WHEN kind IN ('committed', 'transfer_out', 'lost', 'written_off') THEN quantity < 0
        ELSE kind IN ('adjusted', 'handed_over') END),
    ADD CONSTRAINT movement_of_an_order CHECK ((kind IN ('committed', 'returned')) = (order_id IS NOT NULL)),
    ADD CONSTRAINT movement_by_a_document CHECK (document_id IS NOT NULL
        OR kind NOT IN ('transfer_out', 'transfer_in', 'lost', 'handed_over', 'adjusted'));
CREATE UNIQUE INDEX movement_once ON movement (key, kind, element_id, place_id);
CREATE INDEX movement_of_document ON movement (document_id) WHERE document_id IS NOT NULL;
"""

# The row of a movement is what moves ``on_hand``: neither can be without the other, whoever writes.
LEVELS = """
CREATE FUNCTION move_levels() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE stock_level SET on_hand = on_hand + units
    FROM (SELECT element_id, place_id, sum(quantity)::bigint AS units FROM moved GROUP BY 1, 2) AS sums
    WHERE stock_level.element_id = sums.element_id AND stock_level.place_id = sums.place_id;
    RETURN NULL;
END $$;
CREATE TRIGGER movement_moves_levels AFTER INSERT ON movement REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION move_levels();

CREATE FUNCTION refuse_unmoved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'on_hand moves by movements only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER level_begins_empty BEFORE INSERT ON stock_level
    FOR EACH ROW WHEN (NEW.on_hand <> 0) EXECUTE FUNCTION refuse_unmoved();
CREATE TRIGGER level_moves_by_movements BEFORE UPDATE ON stock_level
    FOR EACH ROW WHEN (OLD.on_hand <> NEW.on_hand) EXECUTE FUNCTION refuse_unmoved();
"""

# How many codes of an element are free, counted as they come and go, so that a commit need not count them all.
CODES = """
CREATE TABLE code_pool (
    element_id text PRIMARY KEY REFERENCES element,
    free bigint NOT NULL CHECK (free >= 0)
) WITH (fillfactor = 70);
INSERT INTO code_pool SELECT element_id, count(*) FROM code WHERE state = 'free' GROUP BY 1;

CREATE FUNCTION count_new_codes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO code_pool AS pool (element_id, free)
    SELECT element_id, count(*) FROM added WHERE state = 'free' GROUP BY 1 ORDER BY 1
    ON CONFLICT (element_id) DO UPDATE SET free = pool.free + excluded.free;
    RETURN NULL;
END $$;
CREATE FUNCTION count_used_codes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE code_pool SET free = free - used
    FROM (SELECT element_id, count(*) AS used FROM before WHERE state = 'free' GROUP BY 1) AS gone
    WHERE code_pool.element_id = gone.element_id;
    RETURN NULL;
END $$;
CREATE TRIGGER codes_added AFTER INSERT ON code REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_new_codes();
CREATE TRIGGER codes_issued AFTER UPDATE ON code REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION count_used_codes();
CREATE TRIGGER codes_deleted AFTER DELETE ON code REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION count_used_codes();

CREATE FUNCTION insist_on_codes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM element
        WHERE element_id = NEW.element_id AND delivery = 'code'
          AND (SELECT coalesce(sum(on_hand), 0) FROM stock_level WHERE element_id = NEW.element_id)
              <> coalesce((SELECT free FROM code_pool WHERE element_id = NEW.element_id), 0)
    ) THEN
        RAISE EXCEPTION 'free codes of % are not its level', NEW.element_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER movement_keeps_codes AFTER INSERT ON movement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION insist_on_codes();
CREATE CONSTRAINT TRIGGER codes_keep_levels AFTER INSERT OR UPDATE ON code_pool
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION insist_on_codes();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    for step in (PLACES, MOVEMENTS, LEVELS, CODES):
        op.execute(step)


def downgrade() -> None:
    raise NotImplementedError("stock that lies in several places does not go back into one")
