"""Cases that do not get on: how often somebody was asked, and when somebody has to look."""

from alembic import op

revision = "0025"
down_revision = "0024"

CHANGES = """
ALTER TABLE after_sale_case ADD COLUMN tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    ADD COLUMN stuck_at timestamptz,
    ADD COLUMN is_stuck boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT stuck_while_open CHECK (NOT is_stuck OR ended_at IS NULL);
CREATE INDEX after_sale_case_stuck ON after_sale_case (stuck_at) WHERE is_stuck;
INSERT INTO step_policy
SELECT step, '2020-01-01T00:00:00Z', CAST(NULL AS integer), 30, stuck_after_s, 'migration', 'first' FROM (VALUES
    ('void_codes', 900), ('replace_goods', 900), ('withhold_pieces', 900), ('give_back', 259200)
) first (step, stuck_after_s);
UPDATE after_sale_case SET stuck_at = now() + make_interval(secs => stuck_after_s), is_stuck = problem IS NOT NULL
FROM step_policy WHERE (status, step) IN (
    ('voiding', 'void_codes'), ('replacing', 'replace_goods'), ('withholding', 'withhold_pieces'),
    ('refunding', 'give_back'));
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(CHANGES)


def downgrade() -> None:
    """The policies stay: rows of history are not taken away."""
    op.execute("ALTER TABLE after_sale_case DROP COLUMN tries, DROP COLUMN stuck_at, DROP COLUMN is_stuck")
