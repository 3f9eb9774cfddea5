"""Counts of rows that contradict each other; every one must be zero."""

import sqlalchemy as sa

from services.chassis.data.work import Work

BROKEN_ROWS = {
    "state is that of the last state change": """
        SELECT count(*) FROM member m LEFT JOIN LATERAL (
            SELECT state FROM state_change c WHERE c.member_id = m.member_id ORDER BY id DESC LIMIT 1) last ON true
        WHERE m.state <> coalesce(last.state, 'active')""",
    "tier is that of the last tier change": """
        SELECT count(*) FROM member m LEFT JOIN LATERAL (
            SELECT tier FROM tier_change c WHERE c.member_id = m.member_id ORDER BY id DESC LIMIT 1) last ON true
        WHERE m.tier <> coalesce(last.tier, 'registered')""",
    "qualifying points are the sum of their months": """
        SELECT count(*) FROM member m LEFT JOIN (
            SELECT member_id, sum(points) AS points FROM qualifying_month GROUP BY member_id) months USING (member_id)
        WHERE m.qualifying_points <> coalesce(months.points, 0)""",
    "cancelled members have no open session": """
        SELECT count(*) FROM session s JOIN member m USING (member_id)
        WHERE m.state = 'cancelled' AND s.revoked_at IS NULL""",
    "no code opened two sessions": """
        SELECT count(*) FROM (SELECT code_id FROM session GROUP BY code_id HAVING count(*) > 1) twice""",
    "every session was opened with a used code": """
        SELECT count(*) FROM session s JOIN sign_in_code c USING (code_id) WHERE c.used_at IS NULL""",
}


def count_broken_rows(work: Work, name: str) -> int:
    return int(work.execute(sa.text(BROKEN_ROWS[name])).scalar_one())
