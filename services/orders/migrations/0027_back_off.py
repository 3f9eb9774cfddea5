"""Who does not answer is asked ever less often: steps may back off, and so do refunds whose outcome is unknown.

What was set before stays as steady as it was.
"""

from alembic import op

revision = "0027"
down_revision = "0026"

CHANGES = """
ALTER TABLE step_policy
    ADD COLUMN back_off numeric(4, 2) NOT NULL DEFAULT 1 CHECK (back_off BETWEEN 1 AND 10),
    ADD COLUMN ask_longest_s integer NOT NULL DEFAULT 86400,
    ADD CONSTRAINT longest_is_longest CHECK (ask_longest_s BETWEEN ask_every_s AND 86400);
INSERT INTO step_policy (step, effective_from, ask_every_s, back_off, ask_longest_s, actor, reason)
VALUES ('refund', '2020-01-01T00:00:00Z', 30, 2, 3600, 'migration', 'first');
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(CHANGES)


def downgrade() -> None:
    """The policy stays: rows of history are not taken away."""
    op.execute("ALTER TABLE step_policy DROP COLUMN back_off, DROP COLUMN ask_longest_s")
