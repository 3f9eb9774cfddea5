"""How places are chosen, as rows that operators change; where the order of a reservation goes."""

from alembic import op

revision = "0008"
down_revision = "0007"

# Weights are costs in one measure: a parcel, a kilometre, a step of priority, a percent of what a place has.
POLICY = """
CREATE TABLE allocation_policy (
    effective_from timestamptz PRIMARY KEY,
    strategy text NOT NULL CHECK (strategy IN ('fewest_parcels', 'least_cost')),
    parcel_weight int NOT NULL CHECK (parcel_weight >= 0),
    distance_weight int NOT NULL CHECK (distance_weight >= 0),
    priority_weight int NOT NULL CHECK (priority_weight >= 0),
    stock_weight int NOT NULL CHECK (stock_weight >= 0),
    unknown_km int NOT NULL CHECK (unknown_km >= 0),
    supplies_halls boolean NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    decided_at timestamptz NOT NULL
);
CREATE TRIGGER allocation_policy_append_only BEFORE UPDATE OR DELETE ON allocation_policy
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
INSERT INTO allocation_policy VALUES
    ('-infinity', 'fewest_parcels', 1000, 1, 10, 1, 2000, true, 'the first one', 'migration', now());
ALTER TABLE reservation
    ADD COLUMN province text,
    ADD COLUMN city text,
    ADD COLUMN hall text REFERENCES place,
    ADD CHECK ((province IS NULL) = (city IS NULL));
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(POLICY)


def downgrade() -> None:
    op.execute("ALTER TABLE reservation DROP COLUMN province, DROP COLUMN city, DROP COLUMN hall")
    op.execute("DROP TABLE allocation_policy")
