"""The audit's questions to the database: each finds the orders of which something untrue is stored."""

# ruff: noqa: S608 — statements put together of constants of this file; values are bound

# Per tender what certainly moved, and whether something asked for has not ended.
_MOVED = """
WITH outcome AS (
    SELECT tender_id, op, reference,
           coalesce(max(amount) FILTER (WHERE outcome = 'succeeded'), 0) AS moved,
           bool_and(outcome NOT IN ('succeeded', 'failed')) AS is_open,
           bool_or(outcome = 'failed') AND NOT bool_or(outcome = 'succeeded') AS has_failed
    FROM tender_event GROUP BY tender_id, op, reference
), state AS (
    SELECT t.order_id, t.tender_id, t.kind, t.due,
           coalesce(sum(o.moved) FILTER (WHERE o.op = 'capture'), 0) AS captured,
           coalesce(sum(o.moved) FILTER (WHERE o.op = 'refund'), 0) AS refunded,
           coalesce(sum(o.moved) FILTER (WHERE o.op = 'void'), 0) AS voided,
           coalesce(bool_or(o.is_open) FILTER (WHERE o.op = 'capture'), false) AS is_capturing,
           coalesce(bool_or(o.is_open OR o.has_failed) FILTER (WHERE o.op = 'refund'), false) AS is_refunding
    FROM tender t LEFT JOIN outcome o USING (tender_id) GROUP BY t.order_id, t.tender_id
)
"""
_ORDER_TOTALS = """
SELECT o.order_id FROM orders o LEFT JOIN {table} x USING (order_id) GROUP BY o.order_id
HAVING o.points <> coalesce(sum({points}), 0) OR o.cash_fen <> coalesce(sum({cash}), 0)
    OR o.coins <> coalesce(sum({coins}), 0)
"""
QUESTIONS = {
    "tenders_sum_to_total": _ORDER_TOTALS.format(
        table="tender",
        points="x.due) FILTER (WHERE x.kind = 'points'",
        coins="x.due) FILTER (WHERE x.kind = 'coins'",
        cash="x.due) FILTER (WHERE x.kind = 'cash'",
    ),
    "lines_sum_to_total": _ORDER_TOTALS.format(
        table="order_line", points="x.points", coins="x.coins", cash="x.cash_fen"
    ),
    "units_sum_to_line": """
        SELECT order_id FROM order_line
        WHERE points <> (SELECT sum(u) FROM unnest(unit_points) u)
           OR coins <> (SELECT sum(u) FROM unnest(unit_coins) u)
           OR cash_fen <> (SELECT sum(u) FROM unnest(unit_cash_fen) u)""",
    "refunded_within_captured_within_due": _MOVED
    + """SELECT order_id FROM state
         WHERE refunded > captured OR (captured - refunded > due AND NOT is_refunding)""",
    "live_orders_are_paid_or_being_paid": _MOVED
    + """SELECT s.order_id FROM state s JOIN orders o USING (order_id)
         WHERE o.status IN ('confirmed', 'completed') AND (NOT s.is_capturing OR s.voided > 0)
           AND s.captured - s.refunded
               < s.due - (SELECT coalesce(sum(amount), 0) FROM after_sale_refund a WHERE a.tender_id = s.tender_id)
           AND NOT (s.kind = 'cash' AND o.variant = 'on_delivery' AND o.status = 'confirmed')""",
    "cash_at_the_door_is_there_or_the_order_is_stuck": """
        SELECT order_id FROM orders
        WHERE variant = 'on_delivery' AND status = 'confirmed' AND fulfilment_status = 'delivered'
          AND payment_status <> 'paid' AND stuck_step IS NULL
          AND NOT EXISTS (SELECT FROM tender t JOIN tender_event e USING (tender_id)
              WHERE t.order_id = orders.order_id AND t.kind = 'cash' AND e.op = 'capture' AND e.outcome = 'succeeded')
        """,
    "dead_orders_are_given_back_or_being_given_back": _MOVED
    + """SELECT s.order_id FROM state s JOIN orders o USING (order_id)
         WHERE o.status IN ('closed', 'cancelled') AND s.captured > s.refunded AND NOT s.is_refunding""",
    "completed_orders_are_delivered": """
        SELECT o.order_id FROM orders o
        WHERE o.status = 'completed' AND o.fulfilment_status NOT IN ('delivered', 'returned')
          AND (SELECT sum(quantity) FROM order_line l WHERE l.order_id = o.order_id)
              > (SELECT count(*) FROM after_sale_unit u WHERE u.order_id = o.order_id AND u.is_given_back)""",
    "nothing_waits_forgotten": """
        SELECT order_id FROM orders WHERE due_at < CAST(:now AS timestamptz) - interval '1 hour'
            OR (status IN ('awaiting_payment', 'closing', 'cancelling') AND due_at IS NULL)
            OR (status = 'confirmed' AND delivered_at IS NOT NULL AND due_at IS NULL AND stuck_step IS NULL
                AND order_id NOT IN (SELECT order_id FROM after_sale_case WHERE ended_at IS NULL))
        UNION SELECT r.order_id FROM refund r JOIN payment p USING (payment_id)
        WHERE r.status = 'open' AND r.due_at < CAST(:now AS timestamptz)
            - CASE p.provider WHEN 'on_delivery' THEN interval '7 days' ELSE interval '1 hour' END""",
    "payments_are_shared_out": """
        SELECT s.order_id FROM payment_share s JOIN payment p USING (payment_id)
        WHERE p.amount_fen <> (SELECT sum(amount_fen) FROM payment_share WHERE payment_id = p.payment_id)""",
    "shares_went_back_as_refunds_say": """
        SELECT order_id FROM payment_share s WHERE given_back_fen <> (
            SELECT coalesce(sum(amount_fen), 0) FROM refund r
            WHERE r.payment_id = s.payment_id AND r.order_id = s.order_id)""",
    "purchases_close_as_a_whole": """
        SELECT order_id FROM orders o WHERE status = 'awaiting_payment' AND EXISTS (
            SELECT FROM orders dead WHERE dead.purchase_id = o.purchase_id AND dead.status IN ('closing', 'closed'))""",
    "bills_sum_to_their_lines": """
        SELECT b.provider || ' ' || b.day FROM provider_bill b LEFT JOIN provider_bill_line l USING (provider, day)
        GROUP BY b.provider, b.day
        HAVING b.lines <> count(l.line_no) OR b.fee_fen <> coalesce(sum(l.fee_fen), 0)
            OR b.paid_fen <> coalesce(sum(l.amount_fen) FILTER (WHERE l.kind = 'trade'), 0)
            OR b.refunded_fen <> coalesce(sum(l.amount_fen) FILTER (WHERE l.kind = 'refund'), 0)""",
    "bills_come": """
        SELECT provider || ' ' || day FROM provider_bill
        WHERE state = 'awaited' AND day < (CAST(:now AS timestamptz) AT TIME ZONE 'Asia/Shanghai')::date - 4""",
    "lines_of_bills_are_booked_or_differ": """
        SELECT l.provider || ' ' || l.number
        FROM provider_bill_line l JOIN provider_bill b USING (provider, day)
        WHERE l.line_no <= b.compared_to
          AND NOT EXISTS (SELECT FROM bill_difference d WHERE d.provider = l.provider AND d.kind = l.kind
                          AND d.number = coalesce((SELECT payment_id FROM payment p WHERE l.kind = 'trade'
                                                   AND p.provider = l.provider AND p.billed_as = l.number),
                                                  (SELECT refund_id FROM refund r WHERE l.kind = 'refund'
                                                   AND r.billed_as = l.number), l.number))
          AND NOT EXISTS (SELECT FROM payment p WHERE p.billed_as = l.number AND p.provider = l.provider
                          AND l.kind = 'trade' AND p.status = 'captured')
          AND NOT EXISTS (SELECT FROM refund r WHERE r.billed_as = l.number AND l.kind = 'refund'
                          AND r.status = 'done')""",
    "ended_orders_leave_nothing_at_partners": """
        SELECT order_id FROM orders JOIN provisioning USING (order_id)
        WHERE (status = 'cancelled' AND state IN ('requested', 'unknown', 'succeeded'))
           OR (status = 'completed' AND state IN ('requested', 'unknown'))""",
    "refunds_are_not_refused": _MOVED
    + """SELECT s.order_id FROM outcome o JOIN state s USING (tender_id)
         WHERE o.op = 'refund' AND o.has_failed""",
}
