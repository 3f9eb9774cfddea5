"""What rules in force today owe each other (domain/rules/agreements.py): what is set by hand, in SQL, is found here."""

RULE_INVARIANTS: dict[str, str] = {
    "no_exchange_there_and_back_gains": """
        WITH rate AS (
            SELECT DISTINCT ON (from_unit, to_unit) * FROM exchange_rate
            WHERE effective_from <= (now() AT TIME ZONE 'Asia/Shanghai')::date
            ORDER BY from_unit, to_unit, effective_from DESC, id DESC
        )
        SELECT there.id AS there, back.id AS back FROM rate AS there
        JOIN rate AS back ON back.from_unit = there.to_unit AND back.to_unit = there.from_unit
        WHERE there.open AND back.open AND there.id < back.id AND there.get * back.get > there.give * back.give""",
    "notices_have_hours": """
        WITH setting AS (
            SELECT DISTINCT ON (name) name, value FROM ledger_setting
            WHERE effective_from <= (now() AT TIME ZONE 'Asia/Shanghai')::date
            ORDER BY name, effective_from DESC, id DESC
        )
        SELECT first.value AS from_hour, last.value AS until_hour FROM setting AS first, setting AS last
        WHERE first.name = 'expiry_notice_from_hour' AND last.name = 'expiry_notice_until_hour'
              AND first.value >= last.value""",
    "expiry_policies_are_of_known_pools": """
        WITH policy AS (
            SELECT DISTINCT ON (source, unit, pool) id, pool FROM expiry_policy
            WHERE effective_from <= (now() AT TIME ZONE 'Asia/Shanghai')::date
            ORDER BY source, unit, pool, effective_from DESC, id DESC
        )
        SELECT id AS policy, pool FROM policy
        WHERE pool IS NOT NULL AND NOT EXISTS (
            SELECT FROM pool WHERE no = policy.pool
                                   AND effective_from <= (now() AT TIME ZONE 'Asia/Shanghai')::date)""",
    "what_bills_pay_for_points_follows_their_rule": """
        WITH accrual AS (
            SELECT id, points_per_yuan FROM bill_accrual_rule
            WHERE effective_from <= (now() AT TIME ZONE 'Asia/Shanghai')::date
            ORDER BY effective_from DESC, id DESC LIMIT 1
        ), paid AS (
            SELECT id, basis, fen FROM point_consideration
            WHERE unit = 'PTS' AND source = 'bill' AND effective_from <= (now() AT TIME ZONE 'Asia/Shanghai')::date
            ORDER BY effective_from DESC, id DESC LIMIT 1
        )
        SELECT accrual.id AS accrual_rule, paid.id AS consideration FROM accrual LEFT JOIN paid ON true
        WHERE points_per_yuan > 0 AND (paid.basis, paid.fen)
              IS DISTINCT FROM ('sale', least(round(100 / nullif(points_per_yuan, 0), 6), 999999.999999))""",
}
