"""Changes of goods that are drafted, submitted and reviewed; what was listed directly; what points may be worth."""

from alembic import op

revision = "0009"
down_revision = "0008"

# What comes before the colon of an actor is the door: two persons, whichever doors they come through.
_PERSON = "lower(regexp_replace({}, '^[^:]*:', ''))"
LISTINGS = f"""
CREATE TABLE listing (
    listing_id text PRIMARY KEY,
    no bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    goods_id text NOT NULL,
    goods jsonb NOT NULL,
    explanation text,
    state text NOT NULL CHECK (state IN ('draft', 'submitted', 'listed', 'rejected')),
    drafted_by text NOT NULL,
    drafted_at timestamptz NOT NULL,
    submitted_by text,
    submitted_at timestamptz,
    decided_by text,
    decided_at timestamptz,
    decided_because text,
    merits text[] CHECK (merits <@ ARRAY['novel', 'good_value', 'practical', 'quality']),
    CHECK ((state IN ('listed', 'rejected')) <= (decided_by IS NOT NULL AND decided_at IS NOT NULL)),
    CHECK ((state = 'submitted') <= (submitted_by IS NOT NULL)),
    CONSTRAINT listing_has_merits CHECK (state <> 'listed' OR coalesce(cardinality(merits), 0) >= 2),
    CONSTRAINT listing_two_persons CHECK (state <> 'listed' OR (
        {_PERSON.format("decided_by")} <> {_PERSON.format("drafted_by")}
        AND {_PERSON.format("decided_by")} <> {_PERSON.format("submitted_by")}))
);
CREATE INDEX listing_by_state ON listing (state, no);

-- The audit of the operators' own imports, which list without a review.
CREATE TABLE direct_listing (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    goods_id text NOT NULL REFERENCES goods,
    request_id text NOT NULL,
    content_sha256 text NOT NULL,
    actor text NOT NULL,
    listed_at timestamptz NOT NULL
);
CREATE INDEX direct_listing_of_goods ON direct_listing (goods_id);
CREATE TRIGGER direct_listing_append_only BEFORE UPDATE OR DELETE ON direct_listing
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
VALUES = """
-- Fen that a thousand points may be worth.
CREATE TABLE value_band (
    effective_from timestamptz PRIMARY KEY,
    least bigint NOT NULL,
    most bigint NOT NULL,
    actor text NOT NULL,
    CHECK (least <= most)
);
INSERT INTO value_band VALUES ('-infinity', 500, 2000, 'migration');
-- So much a reviewer accepted; a price that is worse for either side needs another review.
CREATE TABLE value_exception (
    price_id text NOT NULL,
    least_tier text NOT NULL,
    segment text NOT NULL,
    value bigint NOT NULL,
    listing_id text NOT NULL REFERENCES listing,
    explanation text NOT NULL,
    approved_by text NOT NULL,
    approved_at timestamptz NOT NULL,
    PRIMARY KEY (price_id, least_tier, segment)
);
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(LISTINGS)
    op.execute(VALUES)


def downgrade() -> None:
    op.execute("DROP TABLE value_exception, value_band, direct_listing, listing")
