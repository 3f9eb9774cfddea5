"""Orders that are picked up: their goods wait in a business hall until somebody comes with the code."""

from alembic import op

revision = "0017"
down_revision = "0016"

# What waits is still on hand, and reserved: it leaves the stock when it is handed over.
PICK_UPS = """
ALTER TABLE reservation
    ADD COLUMN waits boolean NOT NULL DEFAULT false,
    ADD CHECK (NOT waits OR hall IS NOT NULL),
    DROP CONSTRAINT reservation_status_check,
    ADD CONSTRAINT reservation_status_check
        CHECK (status IN ('held', 'promised', 'waiting', 'committed', 'released', 'expired')
               AND (is_presale OR status <> 'promised') AND (waits OR status <> 'waiting')),
    ADD CHECK (NOT (is_presale AND waits));
ALTER TABLE movement
    DROP CONSTRAINT movement_goes_its_way, DROP CONSTRAINT movement_of_an_order,
    ADD CONSTRAINT movement_goes_its_way CHECK (CASE
        WHEN kind IN ('received', 'returned', 'transfer_in') THEN quantity > 0
        WHEN kind IN ('committed', 'picked_up', 'transfer_out', 'lost', 'written_off') THEN quantity < 0
        ELSE kind IN ('adjusted', 'handed_over') END),
    ADD CONSTRAINT movement_of_an_order
        CHECK ((kind IN ('committed', 'picked_up', 'returned')) = (order_id IS NOT NULL));
CREATE TABLE pick_up (
    order_id text PRIMARY KEY REFERENCES reservation,
    place_id text NOT NULL REFERENCES place,
    member_id text NOT NULL,
    code text NOT NULL CHECK (code ~ '^[0-9]{8}$'),
    state text NOT NULL CHECK (state IN ('waiting', 'collected', 'called_off')),
    prepared_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    key_id text,
    CHECK ((state = 'collected') = (key_id IS NOT NULL))
);
CREATE UNIQUE INDEX pick_up_code ON pick_up (place_id, code) WHERE state = 'waiting';
CREATE INDEX pick_up_of_hall ON pick_up (place_id, state, prepared_at, order_id);
CREATE INDEX pick_up_by_code ON pick_up (place_id, code, changed_at);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(PICK_UPS)


def downgrade() -> None:
    raise NotImplementedError("what waits for its buyer has no place in the reservations of before")
