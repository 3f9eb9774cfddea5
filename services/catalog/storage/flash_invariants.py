"""What must always be true of flash sales and their tickets, as SQL that finds what is not."""

FLASH_INVARIANTS = {
    "pieces of a flash sale are left, in tickets, or sold": """
        SELECT sale_id, quota, units_left, coalesce(live, 0) AS live, coalesce(sold, 0) AS sold
        FROM flash_sale LEFT JOIN (
            SELECT sale_id, count(*) FILTER (WHERE state = 'live') AS live,
                   count(*) FILTER (WHERE state = 'spent') AS sold
            FROM flash_ticket GROUP BY 1
        ) t USING (sale_id)
        WHERE quota <> units_left + coalesce(live, 0) + coalesce(sold, 0) OR units_left < 0
    """,
    "what a flash sale still promises is set aside": """
        SELECT sale_id, part.element_id, status, units_left, coalesce(live, 0) AS live, coalesce(kept.units, 0) AS kept
        FROM flash_sale JOIN flash_sale_part part USING (sale_id) LEFT JOIN (
            SELECT sale_id, count(*) AS live FROM flash_ticket WHERE state = 'live' GROUP BY 1
        ) t USING (sale_id) LEFT JOIN (
            SELECT sale_id, element_id, sum(quantity)::bigint AS units FROM flash_set_aside GROUP BY 1, 2
        ) kept USING (sale_id, element_id)
        WHERE coalesce(kept.units, 0)
              <> part.quantity * (coalesce(live, 0) + CASE status WHEN 'open' THEN units_left ELSE 0 END)
    """,
    "tickets are spent by orders that have their pieces": """
        SELECT ticket_id, state, ticket.order_id, r.status
        FROM flash_ticket ticket JOIN flash_sale USING (sale_id) LEFT JOIN reservation r ON r.order_id = ticket.order_id
        WHERE state IN ('spent', 'returned') AND CASE state
            WHEN 'spent' THEN coalesce(r.status, 'expired') = 'expired' OR NOT EXISTS (
                SELECT FROM reservation_part part
                WHERE part.order_id = ticket.order_id AND part.sku_id = flash_sale.sku_id
            )
            ELSE coalesce(r.status, 'held') NOT IN ('released', 'expired') END
    """,
    "no member has more of a flash sale than it allows": """
        SELECT sale_id, member_id, count(*) AS had, per_member FROM flash_ticket JOIN flash_sale USING (sale_id)
        WHERE state IN ('live', 'spent') GROUP BY sale_id, member_id, per_member HAVING count(*) > per_member
    """,
    "a flash sale is as it was decided last": """
        SELECT sale_id, version FROM flash_sale f LEFT JOIN flash_sale_decision d USING (sale_id, version)
        WHERE (f.status, f.starts_at, f.ends_at, f.quota)
              IS DISTINCT FROM (d.status, d.starts_at, d.ends_at, d.quota)
    """,
    "a SKU has one flash sale at a time": """
        SELECT a.sku_id, a.sale_id, b.sale_id AS other FROM flash_sale a JOIN flash_sale b USING (sku_id)
        WHERE a.sale_id < b.sale_id AND a.status = 'open' AND b.status = 'open'
          AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
    """,
}
