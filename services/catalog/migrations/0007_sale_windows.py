"""Goods are on sale in windows of time, as rows that nobody has to start or stop; goods may be for a segment alone."""

from alembic import op

revision = "0007"
down_revision = "0006"

# A window that was called off before it began ends where it begins. Windows of one goods do not overlap.
WINDOWS = """
CREATE TABLE sale_window (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    goods_id text NOT NULL REFERENCES goods,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz,
    opened_by text NOT NULL,
    opened_because text NOT NULL,
    ended_by text,
    ended_because text,
    CHECK (ends_at >= begins_at)
);
CREATE INDEX sale_window_of_goods ON sale_window (goods_id, begins_at);
CREATE INDEX sale_window_newest ON sale_window (begins_at, goods_id);
INSERT INTO sale_window (goods_id, begins_at, ends_at, opened_by, opened_because)
SELECT goods_id, on_sale_from,
       CASE WHEN on_sale_until IS NOT NULL THEN greatest(on_sale_until, on_sale_from) END,  -- it passes over null
       'migration', 'on sale before' FROM goods;
DROP INDEX goods_newest;
ALTER TABLE goods DROP COLUMN on_sale_from, DROP COLUMN on_sale_until, ADD COLUMN segment text;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(WINDOWS)


def downgrade() -> None:
    raise NotImplementedError("several windows of one goods have no place in the columns of before")
