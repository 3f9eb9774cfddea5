"""Segments: labelled groups of members, by hand or by rule, for which there may be prices and goods."""

from alembic import op

revision = "0006"
down_revision = "0005"

SEGMENTS = """
CREATE TABLE segment (
    segment text PRIMARY KEY CHECK (segment ~ '^[a-z][a-z0-9-]{0,39}$'),
    name_zh text NOT NULL,
    name_en text NOT NULL,
    description text NOT NULL,
    defined_by text NOT NULL,
    defined_at timestamptz NOT NULL
);
CREATE TABLE segment_member (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    segment text NOT NULL REFERENCES segment,
    member_id text NOT NULL REFERENCES member,
    source text NOT NULL CHECK (source IN ('hand', 'rule')),
    begins_at timestamptz NOT NULL,
    ends_at timestamptz,
    added_by text NOT NULL,
    added_because text NOT NULL,
    ended_by text,
    ended_because text,
    CHECK (ends_at >= begins_at),
    CHECK ((ended_by IS NULL) = (ended_because IS NULL))
);
CREATE INDEX segment_member_of ON segment_member (member_id, segment);
CREATE INDEX segment_member_in ON segment_member (segment, source, member_id);
CREATE TABLE segment_rule (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    segment text NOT NULL REFERENCES segment,
    tiers text[] NOT NULL CHECK (tiers <@ ARRAY['registered', 'blue', 'gold', 'red']),
    joined_from timestamptz,
    joined_before timestamptz,
    lifted boolean NOT NULL,
    effective_from timestamptz NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    CHECK (joined_from < joined_before),
    CHECK (lifted = (tiers = '{}' AND joined_from IS NULL AND joined_before IS NULL)),
    UNIQUE (segment, effective_from)
);
CREATE TRIGGER segment_rule_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON segment_rule
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history();
"""


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(SEGMENTS)


def downgrade() -> None:
    op.execute("DROP TABLE segment_rule, segment_member, segment")
