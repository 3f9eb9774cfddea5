"""Keys of the operator's own people: operations and finance.

Revision ID: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# A person may hold several keys, one a machine, and is one person all the same: four eyes are two names.
STAFF_KEYS = """
CREATE TABLE staff_key (
    key_id text PRIMARY KEY,
    name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_.-]{0,39}$'),
    roles text[] NOT NULL CHECK (cardinality(roles) > 0 AND roles <@ ARRAY['ops', 'finance']),
    token_hash bytea NOT NULL UNIQUE,
    issued_by text NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > issued_at),
    revoked_by text,
    revoked_at timestamptz,
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
)
"""


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(STAFF_KEYS)


def downgrade() -> None:
    op.execute("DROP TABLE staff_key")
