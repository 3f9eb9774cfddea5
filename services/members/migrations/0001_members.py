"""Members, sign-in codes, sessions, states and tiers, with the limits and tier rules in force from the start."""

from alembic import op

from services.chassis.data.tables import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None

TABLES = (
    """
    CREATE TABLE member (
        member_id text PRIMARY KEY,
        subscriber_no text UNIQUE,
        phone text NOT NULL UNIQUE CHECK (phone ~ '^\\+861[0-9]{10}$'),
        email text,
        name text,
        language text NOT NULL CHECK (language IN ('zh', 'en')),
        state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'pre_cancelled', 'cancelled')),
        tier text NOT NULL DEFAULT 'registered' CHECK (tier IN ('registered', 'blue', 'gold', 'red')),
        qualifying_points bigint NOT NULL DEFAULT 0 CHECK (qualifying_points >= 0),
        channel text NOT NULL CHECK (channel IN ('web', 'wap', 'sms', 'app', 'import', 'ops')),
        enrolled_at timestamptz NOT NULL,
        in_network_since timestamptz,
        version bigint NOT NULL DEFAULT 1 CHECK (version > 0)
    )
    """,
    """
    CREATE TABLE sign_in_code (
        code_id text PRIMARY KEY,
        request_id text NOT NULL UNIQUE,
        phone text NOT NULL,
        code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
        requested_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        sends integer NOT NULL DEFAULT 1 CHECK (sends > 0),
        tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
        last_guess bytea,
        sent_at timestamptz,
        voided_at timestamptz,
        used_at timestamptz,
        replaced_at timestamptz,
        CHECK (voided_at IS NULL OR (sent_at IS NULL AND used_at IS NULL))
    )
    """,
    # One code at a time: a resend replaces the one before it.
    "CREATE UNIQUE INDEX sign_in_code_current ON sign_in_code (phone) WHERE replaced_at IS NULL",
    "CREATE INDEX sign_in_code_requested_at ON sign_in_code (requested_at)",
    """
    CREATE TABLE code_request (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        phone text NOT NULL,
        requested_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX code_request_of_phone ON code_request (phone, requested_at DESC)",
    "CREATE INDEX code_request_requested_at ON code_request (requested_at)",
    """
    CREATE TABLE code_limit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        scope text NOT NULL CHECK (scope IN ('phone', 'everyone')),
        window_s integer NOT NULL CHECK (window_s > 0),
        most integer NOT NULL CHECK (most >= 0),
        effective_from timestamptz NOT NULL,
        actor text NOT NULL,
        UNIQUE (scope, window_s, effective_from),
        CHECK (scope = 'phone' OR window_s = 86400)
    )
    """,
    "CREATE TABLE code_day (day date PRIMARY KEY, codes bigint NOT NULL CHECK (codes >= 0))",
    """
    CREATE TABLE session (
        session_id text PRIMARY KEY,
        member_id text NOT NULL REFERENCES member,
        token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
        request_id text NOT NULL UNIQUE,
        code_id text NOT NULL,
        enrolled boolean NOT NULL,
        channel text NOT NULL CHECK (channel IN ('web', 'wap', 'sms', 'app', 'import', 'ops')),
        device text NOT NULL,
        started_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL CHECK (expires_at > started_at),
        revoked_at timestamptz
    )
    """,
    "CREATE INDEX session_of_member ON session (member_id) WHERE revoked_at IS NULL",
    "CREATE INDEX session_expires_at ON session (expires_at)",
    """
    CREATE TABLE state_change (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        member_id text NOT NULL REFERENCES member,
        change text NOT NULL CHECK (change IN ('suspend', 'resume', 'pre_cancel', 'cancel')),
        previous text NOT NULL CHECK (previous IN ('active', 'suspended', 'pre_cancelled', 'cancelled')),
        state text NOT NULL CHECK (state IN ('active', 'suspended', 'pre_cancelled', 'cancelled')),
        reason text NOT NULL,
        actor text NOT NULL,
        version bigint NOT NULL,
        changed_at timestamptz NOT NULL,
        UNIQUE (member_id, version),
        CHECK (state <> previous)
    )
    """,
    """
    CREATE TABLE tier_rule (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tier text NOT NULL CHECK (tier IN ('registered', 'blue', 'gold', 'red')),
        least_points bigint NOT NULL CHECK (least_points >= 0),
        effective_from timestamptz NOT NULL,
        actor text NOT NULL,
        UNIQUE (tier, effective_from)
    )
    """,
    """
    CREATE TABLE tier_change (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        member_id text NOT NULL REFERENCES member,
        previous text NOT NULL CHECK (previous IN ('registered', 'blue', 'gold', 'red')),
        tier text NOT NULL CHECK (tier IN ('registered', 'blue', 'gold', 'red')),
        qualifying_points bigint NOT NULL,
        cause text NOT NULL,
        actor text NOT NULL,
        version bigint NOT NULL,
        changed_at timestamptz NOT NULL,
        UNIQUE (member_id, version),
        CHECK (tier <> previous)
    )
    """,
    # Points by the month they were earned in: what a qualification period will be counted from.
    """
    CREATE TABLE qualifying_month (
        member_id text NOT NULL REFERENCES member,
        month date NOT NULL CHECK (extract(day FROM month) = 1),
        points bigint NOT NULL CHECK (points > 0),
        PRIMARY KEY (member_id, month)
    )
    """,
)

APPEND_ONLY = """
CREATE FUNCTION refuse_to_change_history() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
TRIGGERS = tuple(
    f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
    for table in ("state_change", "tier_change")
)

SEEDS = (
    """
    INSERT INTO tier_rule (tier, least_points, effective_from, actor) VALUES
        ('registered', 0, '2000-01-01Z', 'migration 0001'), ('blue', 5000, '2000-01-01Z', 'migration 0001'),
        ('gold', 10000, '2000-01-01Z', 'migration 0001'), ('red', 20000, '2000-01-01Z', 'migration 0001')
    """,
    """
    INSERT INTO code_limit (scope, window_s, most, effective_from, actor) VALUES
        ('phone', 60, 1, '2000-01-01Z', 'migration 0001'), ('phone', 3600, 5, '2000-01-01Z', 'migration 0001'),
        ('phone', 86400, 10, '2000-01-01Z', 'migration 0001'),
        ('everyone', 86400, 20000, '2000-01-01Z', 'migration 0001')
    """,
)

OWN_TABLES = (
    "qualifying_month, tier_change, tier_rule, state_change, session, code_day, code_limit, code_request, "
    "sign_in_code, member"
)


def upgrade() -> None:
    create_chassis_tables(op)
    for statement in (*TABLES, APPEND_ONLY, *TRIGGERS, *SEEDS):
        op.execute(statement)


def downgrade() -> None:
    op.execute(f"DROP TABLE {OWN_TABLES}")
    op.execute("DROP FUNCTION refuse_to_change_history()")
    drop_chassis_tables(op)
