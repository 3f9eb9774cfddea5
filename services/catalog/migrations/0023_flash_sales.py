"""Flash sales: so many pieces of a SKU at a price of their own, set aside from the stock, sold by tickets."""

from alembic import op

revision = "0023"
down_revision = "0022"

# ``units_left`` counts pieces without a ticket. What a piece consists of is fixed when the sale is set up:
# ``flash_sale_part``; of these units ``flash_set_aside`` says where they are kept for the sale.
FLASH_SALES = """
CREATE TABLE flash_sale (
    sale_id text PRIMARY KEY,
    sku_id text NOT NULL REFERENCES sku,
    price_id text NOT NULL UNIQUE,
    status text NOT NULL CHECK (status IN ('open', 'ended', 'cancelled')),
    points bigint NOT NULL CHECK (points >= 0),
    cash_fen bigint NOT NULL CHECK (cash_fen >= 0),
    coins bigint NOT NULL CHECK (coins >= 0),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    quota bigint NOT NULL CHECK (quota > 0),
    units_left bigint NOT NULL,
    per_member int NOT NULL CHECK (per_member > 0),
    ticket_s int NOT NULL CHECK (ticket_s > 0),
    version int NOT NULL,
    CHECK (points + cash_fen + coins > 0),
    CONSTRAINT units_left_within_quota CHECK (units_left BETWEEN 0 AND quota)
) WITH (fillfactor = 50);
CREATE INDEX flash_sale_of_sku ON flash_sale (sku_id, starts_at);
CREATE INDEX flash_sale_open ON flash_sale (ends_at) WHERE status = 'open';

CREATE TABLE flash_sale_decision (
    sale_id text NOT NULL REFERENCES flash_sale,
    version int NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'ended', 'cancelled')),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    quota bigint NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (sale_id, version)
);
CREATE TRIGGER flash_sale_decision_append_only BEFORE UPDATE OR DELETE ON flash_sale_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE flash_sale_part (
    sale_id text NOT NULL REFERENCES flash_sale,
    element_id text NOT NULL REFERENCES element,
    quantity bigint NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (sale_id, element_id)
);

CREATE TABLE flash_set_aside (
    sale_id text NOT NULL REFERENCES flash_sale,
    element_id text NOT NULL,
    place_id text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (sale_id, element_id, place_id),
    FOREIGN KEY (element_id, place_id) REFERENCES stock_level
);

-- Rows outlive their orders: who had tickets, and what became of them.
CREATE TABLE flash_ticket (
    ticket_id text PRIMARY KEY,
    sale_id text NOT NULL REFERENCES flash_sale,
    member_id text NOT NULL,
    state text NOT NULL CHECK (state IN ('live', 'spent', 'returned', 'expired')),
    order_id text,
    taken_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT order_of_used_ticket CHECK ((state IN ('spent', 'returned')) = (order_id IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX flash_ticket_of_member ON flash_ticket (sale_id, member_id);
CREATE INDEX flash_ticket_live ON flash_ticket (expires_at) WHERE state = 'live';
CREATE INDEX flash_ticket_of_order ON flash_ticket (order_id) WHERE order_id IS NOT NULL;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(FLASH_SALES)


def downgrade() -> None:
    raise NotImplementedError("what is set aside for a flash sale has no place in the stock of before")
