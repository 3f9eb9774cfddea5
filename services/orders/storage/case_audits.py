"""The audit's questions about cases after the sale: each finds the orders of which something untrue is stored."""
# ruff: noqa: S608 — statements put together of constants of this file; values are bound

# By order and tender: what cases asked back, and what their pieces were sold for.
_ASKED = """
WITH asked AS (
    SELECT t.order_id, t.tender_id, t.kind, t.due, sum(r.amount) AS amount
    FROM after_sale_refund r JOIN tender t USING (tender_id) GROUP BY t.order_id, t.tender_id
), back AS (
    SELECT order_id, unnest(ARRAY['points', 'coins', 'cash']) AS kind,
           unnest(ARRAY[sum(points), sum(coins), sum(cash_fen)]) AS amount
    FROM after_sale_unit JOIN after_sale_case c USING (case_id, order_id)
    WHERE is_given_back AND c.kind <> 'cancel' GROUP BY order_id
)
"""
CASE_QUESTIONS = {
    "cases_ask_back_what_their_pieces_were_sold_for": _ASKED
    + """SELECT coalesce(a.order_id, b.order_id) FROM asked a FULL JOIN back b USING (order_id, kind)
         WHERE coalesce(a.amount, 0) <> coalesce(b.amount, 0) OR a.amount > a.due""",
    "pieces_of_cases_are_pieces_of_lines": """
        SELECT u.order_id FROM after_sale_unit u JOIN order_line l USING (order_id, line_no)
        WHERE u.unit_no > l.quantity OR u.points <> l.unit_points[u.unit_no] OR u.coins <> l.unit_coins[u.unit_no]
           OR u.cash_fen <> l.unit_cash_fen[u.unit_no]""",
    "closed_cases_have_given_back": """
        SELECT c.order_id FROM after_sale_case c JOIN after_sale_refund r USING (case_id)
        WHERE c.ended_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM tender_event e WHERE e.tender_id = r.tender_id AND e.op = 'refund'
                AND e.reference = r.reference AND e.outcome = 'succeeded' AND e.amount = r.amount)""",
    "only_open_cases_and_what_is_back_claim_pieces": """
        SELECT c.order_id FROM after_sale_case c JOIN after_sale_unit u USING (case_id)
        WHERE c.ended_at IS NOT NULL AND u.claims AND NOT u.is_given_back""",
    "cancellations_follow_their_orders": """
        SELECT c.order_id FROM after_sale_case c JOIN orders o USING (order_id)
        WHERE c.kind = 'cancel' AND c.status <> 'rejected'
        AND (c.status, o.status) NOT IN (('cancelling', 'cancelling'), ('closed', 'cancelled'))""",
    "pieces_of_cancelled_orders_are_not_withheld": """
        SELECT c.order_id FROM after_sale_case c JOIN orders o USING (order_id)
        WHERE c.status = 'withholding' AND o.status NOT IN ('confirmed', 'cancelling')""",
    "called_off_orders_take_their_cases_along": """
        SELECT c.order_id FROM after_sale_case c JOIN orders o USING (order_id)
        WHERE o.status = 'cancelled' AND c.ended_at IS NULL AND c.status <> 'refunding'""",
    "no_money_for_codes_that_may_be_used": """
        SELECT u.order_id FROM after_sale_unit u JOIN after_sale_case c USING (case_id, order_id)
            JOIN order_line l USING (order_id, line_no), jsonb_array_elements(l.parts) part
        WHERE u.is_given_back AND c.kind <> 'cancel' AND part ->> 'delivery' = 'code'
        GROUP BY u.order_id, l.sku_id HAVING sum(CAST(part ->> 'quantity' AS bigint)) > (
            SELECT count(*) FROM issued_code i
            WHERE i.order_id = u.order_id AND i.sku_id = l.sku_id AND i.voided_at IS NOT NULL)""",
    "no_case_waits_forgotten": """
        SELECT order_id FROM after_sale_case
        WHERE due_at < CAST(:now AS timestamptz) - interval '1 hour' OR is_stuck""",
}
