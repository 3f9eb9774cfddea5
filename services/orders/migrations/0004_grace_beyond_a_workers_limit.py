"""Holds outlive the time to pay by a minute at least: whatever a worker still does is broken off after half of it."""

from alembic import op

revision = "0004"
down_revision = "0003"

# What was in force stays on record as it was; terms that are too short now, or that would be, give way to longer ones.
STRICTER = """
ALTER TABLE sale_terms DROP CONSTRAINT sale_terms_hold_grace_s_check;
ALTER TABLE sale_terms
    ADD CONSTRAINT sale_terms_hold_grace_s_check CHECK (hold_grace_s BETWEEN 60 AND 86400) NOT VALID;
UPDATE sale_terms SET hold_grace_s = 60, covered_hold_s = greatest(covered_hold_s, 61)
WHERE effective_from > now() AND hold_grace_s < 60;
INSERT INTO sale_terms (effective_from, pay_window_s, hold_grace_s, covered_hold_s, auto_complete_days, actor)
SELECT now(), pay_window_s, 60, greatest(covered_hold_s, 61), auto_complete_days, 'migration' FROM (
    SELECT * FROM sale_terms WHERE effective_from <= now() ORDER BY effective_from DESC LIMIT 1
) AS in_force WHERE hold_grace_s < 60;
"""
AS_BEFORE = """
ALTER TABLE sale_terms DROP CONSTRAINT sale_terms_hold_grace_s_check;
ALTER TABLE sale_terms ADD CONSTRAINT sale_terms_hold_grace_s_check CHECK (hold_grace_s BETWEEN 30 AND 86400);
"""


def upgrade() -> None:
    op.execute(STRICTER)


def downgrade() -> None:
    op.execute(AS_BEFORE)
