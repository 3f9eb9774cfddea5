"""The audit's questions about merchants' escrow: each finds the orders of which something untrue is stored."""

ESCROW_QUESTIONS = {
    # What stands is kept back or credited, to the fen; of what was called off nothing is.
    "merchants_have_what_was_paid_less_what_went_back": """
        WITH entries AS (
            SELECT order_id, merchant_id, sum(points) AS points, sum(coins) AS coins, sum(cash_fen) AS cash_fen
            FROM merchant_entry WHERE kind <> 'credit' GROUP BY order_id, merchant_id
        ), back AS (
            SELECT order_id, line_no, sum(points) AS points, sum(coins) AS coins, sum(cash_fen) AS cash_fen
            FROM after_sale_unit WHERE is_given_back GROUP BY order_id, line_no
        ), stands AS (
            SELECT l.order_id, l.merchant_id, sum(l.points - coalesce(b.points, 0)) AS points,
                   sum(l.coins - coalesce(b.coins, 0)) AS coins, sum(l.cash_fen - coalesce(b.cash_fen, 0)) AS cash_fen
            FROM order_line l JOIN orders o USING (order_id) LEFT JOIN back b USING (order_id, line_no)
            WHERE o.status IN ('confirmed', 'cancelling', 'completed') GROUP BY l.order_id, l.merchant_id
        )
        SELECT coalesce(e.order_id, s.order_id) FROM entries e FULL JOIN stands s USING (order_id, merchant_id)
        WHERE (coalesce(e.points, 0), coalesce(e.coins, 0), coalesce(e.cash_fen, 0))
           <> (coalesce(s.points, 0), coalesce(s.coins, 0), coalesce(s.cash_fen, 0))""",
    "merchants_are_credited_once_with_all_that_was_kept_back": """
        SELECT e.order_id FROM merchant_escrow e JOIN merchant_entry m USING (order_id, merchant_id)
        GROUP BY e.order_id, e.merchant_id, e.state
        HAVING (e.state = 'kept' AND bool_or(m.kind IN ('credit', 'debit'))) OR (e.state = 'credited' AND (
            sum(m.points) FILTER (WHERE m.kind IN ('sale', 'refund'))
                <> coalesce(sum(m.points) FILTER (WHERE m.kind = 'credit'), 0)
            OR sum(m.coins) FILTER (WHERE m.kind IN ('sale', 'refund'))
                <> coalesce(sum(m.coins) FILTER (WHERE m.kind = 'credit'), 0)
            OR sum(m.cash_fen) FILTER (WHERE m.kind IN ('sale', 'refund'))
                <> coalesce(sum(m.cash_fen) FILTER (WHERE m.kind = 'credit'), 0)))""",
    "no_escrow_is_forgotten": """
        SELECT order_id FROM merchant_escrow
        WHERE state = 'kept' AND look_at < CAST(:now AS timestamptz) - interval '1 day'""",
}
