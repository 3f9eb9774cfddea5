"""What must always be true of members, sessions and codes, each as a query for the ids that contradict it."""

INVARIANTS = {
    "state is that of the last state change": """
        SELECT m.member_id FROM member m LEFT JOIN LATERAL (
            SELECT state FROM state_change c WHERE c.member_id = m.member_id ORDER BY id DESC LIMIT 1) last ON true
        WHERE m.state <> coalesce(last.state, 'active')""",
    "tier is that of the last tier change": """
        SELECT m.member_id FROM member m LEFT JOIN LATERAL (
            SELECT tier FROM tier_change c WHERE c.member_id = m.member_id ORDER BY id DESC LIMIT 1) last ON true
        WHERE m.tier <> coalesce(last.tier, 'registered')""",
    "qualifying points are the sum of their months": """
        SELECT m.member_id FROM member m LEFT JOIN (
            SELECT member_id, sum(points) AS points FROM qualifying_month GROUP BY member_id) months USING (member_id)
        WHERE m.qualifying_points <> coalesce(months.points, 0)""",
    "cancelled members have no open session": """
        SELECT member_id FROM session s JOIN member m USING (member_id)
        WHERE m.state = 'cancelled' AND s.revoked_at IS NULL""",
    "nobody is in a segment twice at once by hand, or by rule": """
        SELECT DISTINCT a.member_id FROM segment_member a JOIN segment_member b USING (segment, member_id, source)
        WHERE a.id < b.id AND a.begins_at < coalesce(b.ends_at, 'infinity')
          AND b.begins_at < coalesce(a.ends_at, 'infinity')
          AND a.begins_at IS DISTINCT FROM a.ends_at AND b.begins_at IS DISTINCT FROM b.ends_at""",
    "no code opened two sessions": """
        SELECT code_id FROM session GROUP BY code_id HAVING count(*) > 1""",
    "every session was opened with a used code": """
        SELECT s.member_id FROM session s JOIN sign_in_code c USING (code_id) WHERE c.used_at IS NULL""",
}
