"""What must always be true of stock, reservations, prices and codes, as SQL that finds what is not."""

INVARIANTS = {
    "stock level is the sum of its movements": """
        SELECT l.sku_id, l.warehouse_id, l.on_hand, coalesce(sum(m.quantity), 0)::bigint AS moved
        FROM stock_level l LEFT JOIN movement m USING (sku_id, warehouse_id)
        GROUP BY l.sku_id, l.warehouse_id HAVING l.on_hand <> coalesce(sum(m.quantity), 0)
    """,
    "reserved is the sum of held reservations": """
        SELECT l.sku_id, l.warehouse_id, l.reserved, coalesce(h.held, 0)::bigint AS held
        FROM stock_level l LEFT JOIN (
            SELECT sku_id, warehouse_id, sum(quantity) AS held
            FROM reservation_line JOIN reservation USING (order_id) WHERE status = 'held' GROUP BY 1, 2
        ) h USING (sku_id, warehouse_id)
        WHERE l.reserved <> coalesce(h.held, 0)
    """,
    "no stock is negative or promised twice": """
        SELECT sku_id, warehouse_id, on_hand, reserved FROM stock_level
        WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand
    """,
    "held and committed reservations have lines": """
        SELECT order_id, status FROM reservation r
        WHERE status IN ('held', 'committed')
          AND NOT EXISTS (SELECT FROM reservation_line l WHERE l.order_id = r.order_id)
    """,
    "committed reservations left the stock once": """
        SELECT l.order_id, l.sku_id, l.warehouse_id, l.quantity, coalesce(sum(-m.quantity), 0)::bigint AS moved
        FROM reservation_line l JOIN reservation r USING (order_id)
        LEFT JOIN movement m USING (order_id, sku_id, warehouse_id)
        WHERE r.status = 'committed'
        GROUP BY l.order_id, l.sku_id, l.warehouse_id, l.quantity
        HAVING l.quantity <> coalesce(sum(-m.quantity), 0)
    """,
    "sales without a committed reservation were returned": """
        SELECT m.order_id, m.sku_id, sum(m.quantity)::bigint AS missing
        FROM movement m JOIN reservation r USING (order_id) JOIN sku USING (sku_id) JOIN goods USING (goods_id)
        WHERE r.status <> 'committed' AND goods.kind = 'physical'
        GROUP BY 1, 2 HAVING sum(m.quantity) <> 0
    """,
    "stock of virtual goods is free codes": """
        SELECT l.sku_id, l.on_hand, count(c.id) AS free
        FROM (SELECT sku_id, sum(on_hand)::bigint AS on_hand FROM stock_level GROUP BY 1) l
        JOIN sku USING (sku_id) JOIN goods ON goods.goods_id = sku.goods_id AND goods.kind = 'virtual'
        LEFT JOIN code c ON c.sku_id = l.sku_id AND c.state = 'free'
        GROUP BY l.sku_id, l.on_hand HAVING l.on_hand <> count(c.id)
    """,
    "codes are issued as many as were sold": """
        SELECT coalesce(s.order_id, i.order_id) AS order_id, coalesce(s.sku_id, i.sku_id) AS sku_id, s.sold, i.issued
        FROM (
            SELECT m.order_id, m.sku_id, sum(-m.quantity)::bigint AS sold
            FROM movement m JOIN sku USING (sku_id) JOIN goods USING (goods_id)
            WHERE m.kind = 'committed' AND goods.kind = 'virtual' GROUP BY 1, 2
        ) s FULL JOIN (
            SELECT order_id, sku_id, count(*) AS issued FROM code WHERE state = 'issued' GROUP BY 1, 2
        ) i USING (order_id, sku_id)
        WHERE s.sold IS DISTINCT FROM i.issued
    """,
    "no code exists twice": """
        SELECT DISTINCT sku_id FROM code
        WHERE code IN (SELECT code FROM code GROUP BY 1 HAVING count(*) > 1)
    """,  # never the code itself: it is money
    "terms of a price do not overlap": """
        SELECT a.price_id, a.id AS earlier, b.id AS later FROM price a JOIN price b USING (price_id)
        WHERE a.id < b.id AND a.effective_from < coalesce(b.effective_until, 'infinity')
          AND b.effective_from < coalesce(a.effective_until, 'infinity')
    """,
}
