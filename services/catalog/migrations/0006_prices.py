"""Prices in coins, and prices for a tier or a segment: a way to pay may cost some members less."""

from alembic import op

revision = "0006"
down_revision = "0005"

# ``least_tier`` and ``segment`` say for whom a term is; one without a segment and for the lowest tier is for everybody.
PRICES = """
ALTER TABLE price ADD COLUMN coins bigint NOT NULL DEFAULT 0 CHECK (coins >= 0);
ALTER TABLE price ADD COLUMN least_tier text NOT NULL DEFAULT 'registered'
    CHECK (least_tier IN ('registered', 'blue', 'gold', 'red'));
ALTER TABLE price ADD COLUMN segment text;
ALTER TABLE price DROP CONSTRAINT price_check;
ALTER TABLE price ADD CONSTRAINT price_costs_something CHECK (points > 0 OR cash_fen > 0 OR coins > 0);
DROP INDEX price_open_term;
CREATE UNIQUE INDEX price_open_term ON price (price_id, least_tier, coalesce(segment, ''))
    WHERE effective_until IS NULL;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(PRICES)


def downgrade() -> None:
    raise NotImplementedError("prices for some members alone have no place in the table of before")
