"""What must always be true of stock, reservations, compositions, prices and codes, as SQL that finds what is not."""

from services.catalog.storage.flash_invariants import FLASH_INVARIANTS

INVARIANTS = {
    **FLASH_INVARIANTS,
    "stock level is the sum of its movements": """
        SELECT l.element_id, l.place_id, l.on_hand, coalesce(sum(m.quantity), 0)::bigint AS moved
        FROM stock_level l LEFT JOIN movement m USING (element_id, place_id)
        GROUP BY l.element_id, l.place_id HAVING l.on_hand <> coalesce(sum(m.quantity), 0)
    """,
    "reserved is the sum of held reservations and of what is set aside": """
        SELECT l.element_id, l.place_id, l.reserved, coalesce(h.held, 0)::bigint AS held
        FROM stock_level l LEFT JOIN (
            SELECT element_id, place_id, sum(quantity) AS held
            FROM (
                SELECT element_id, place_id, quantity FROM reservation_line JOIN reservation USING (order_id)
                WHERE status IN ('held', 'waiting')
                UNION ALL SELECT element_id, place_id, quantity FROM flash_set_aside
            ) promised GROUP BY 1, 2
        ) h USING (element_id, place_id)
        WHERE l.reserved <> coalesce(h.held, 0)
    """,
    "no stock is negative or promised twice": """
        SELECT element_id, place_id, on_hand, reserved FROM stock_level
        WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand
    """,
    "held and committed reservations have lines": """
        SELECT order_id, status FROM reservation r
        WHERE (status IN ('waiting', 'committed') OR status = 'held' AND NOT is_presale)
          AND NOT EXISTS (SELECT FROM reservation_line l WHERE l.order_id = r.order_id)
    """,
    "lines of a reservation are what its parts need": """
        SELECT coalesce(p.order_id, l.order_id) AS order_id, coalesce(p.element_id, l.element_id) AS element_id,
               p.needed, l.lined
        FROM (
            SELECT order_id, element_id, nullif(sum((pieces - coalesce(gone, 0)) * quantity), 0)::bigint AS needed
            FROM reservation_part LEFT JOIN (
                SELECT order_id, sku_id, sum(pieces) AS gone FROM reservation_withheld WHERE was_waiting GROUP BY 1, 2
            ) w USING (order_id, sku_id) GROUP BY 1, 2
        ) p FULL JOIN (
            SELECT order_id, element_id, sum(quantity)::bigint AS lined FROM reservation_line GROUP BY 1, 2
        ) l USING (order_id, element_id) JOIN reservation USING (order_id)
        WHERE p.needed IS DISTINCT FROM l.lined AND NOT (is_presale AND l.lined IS NULL AND status <> 'committed')
    """,
    "parts of a SKU in an order agree on its pieces": """
        SELECT order_id, sku_id FROM reservation_part GROUP BY 1, 2 HAVING min(pieces) <> max(pieces)
    """,
    "committed reservations left the stock once": """
        SELECT l.order_id, l.element_id, l.place_id, l.quantity, coalesce(sum(-m.quantity), 0)::bigint AS moved
        FROM reservation_line l JOIN reservation r USING (order_id)
        LEFT JOIN movement m ON (m.order_id, m.element_id, m.place_id) = (l.order_id, l.element_id, l.place_id)
                            AND m.kind IN ('committed', 'picked_up')
        WHERE r.status = 'committed'
        GROUP BY l.order_id, l.element_id, l.place_id, l.quantity
        HAVING l.quantity <> coalesce(sum(-m.quantity), 0)
    """,
    "no more of an order comes back than was sold": """
        SELECT order_id, element_id, sum(quantity)::bigint AS too_many FROM movement
        WHERE kind IN ('committed', 'picked_up', 'returned') GROUP BY 1, 2 HAVING sum(quantity) > 0
    """,
    "sales without a committed reservation were returned": """
        SELECT m.order_id, m.element_id, sum(m.quantity)::bigint AS missing
        FROM movement m JOIN reservation r USING (order_id) JOIN element USING (element_id)
        WHERE r.status <> 'committed' AND delivery <> 'code'
        GROUP BY 1, 2 HAVING sum(m.quantity) <> 0
    """,
    "what was withheld after it was sold came back": """
        SELECT order_id, element_id, held.units, coalesce(moved.units, 0) AS back
        FROM (
            SELECT order_id, element_id, sum(w.pieces * quantity)::bigint AS units
            FROM reservation_withheld w JOIN reservation_part USING (order_id, sku_id) JOIN element USING (element_id)
            WHERE NOT was_waiting AND delivery <> 'code' GROUP BY 1, 2
        ) held LEFT JOIN (
            SELECT order_id, element_id, sum(quantity)::bigint AS units FROM movement WHERE kind = 'returned'
            GROUP BY 1, 2
        ) moved USING (order_id, element_id)
        WHERE coalesce(moved.units, 0) < held.units
    """,
    "stock of what is delivered by code is free codes": """
        SELECT element_id, coalesce(l.on_hand, 0) AS on_hand, coalesce(c.free, 0) AS free
        FROM element
        LEFT JOIN (SELECT element_id, sum(on_hand)::bigint AS on_hand FROM stock_level GROUP BY 1) l USING (element_id)
        LEFT JOIN (SELECT element_id, count(*) AS free FROM code WHERE state = 'free' GROUP BY 1) c USING (element_id)
        WHERE coalesce(c.free, 0) <> CASE delivery WHEN 'code' THEN coalesce(l.on_hand, 0) ELSE 0 END
    """,
    "codes are issued as many as were sold": """
        SELECT coalesce(s.order_id, i.order_id) AS order_id, coalesce(s.element_id, i.element_id) AS element_id,
               s.sold, i.issued
        FROM (
            SELECT m.order_id, m.element_id, sum(-m.quantity)::bigint AS sold
            FROM movement m JOIN element USING (element_id)
            WHERE m.kind = 'committed' AND delivery = 'code' GROUP BY 1, 2
        ) s FULL JOIN (
            SELECT order_id, element_id, count(*) AS issued FROM code WHERE state = 'issued' GROUP BY 1, 2
        ) i USING (order_id, element_id)
        WHERE s.sold IS DISTINCT FROM i.issued
    """,
    "partners' codes came in and were withdrawn as movements say": """
        SELECT element_id, moved.came, count(code.id) AS codes, moved.gone, count(*) FILTER (WHERE state = 'withdrawn')
        FROM element JOIN (
            SELECT element_id, coalesce(sum(quantity) FILTER (WHERE kind = 'received'), 0)::bigint AS came,
                   coalesce(sum(-quantity) FILTER (WHERE kind = 'written_off'), 0)::bigint AS gone
            FROM movement GROUP BY 1
        ) moved USING (element_id) JOIN code USING (element_id) WHERE codes_of = 'partner'
        GROUP BY element_id, moved.came, moved.gone
        HAVING moved.came <> count(*) OR moved.gone <> count(*) FILTER (WHERE state = 'withdrawn')
    """,
    "codes went to the SKUs that needed them": """
        SELECT order_id, sku_id, element_id, p.needed, i.issued
        FROM (
            SELECT order_id, sku_id, element_id, count(*) AS issued FROM code WHERE state = 'issued' GROUP BY 1, 2, 3
        ) i LEFT JOIN (SELECT order_id, sku_id, element_id, pieces * quantity AS needed FROM reservation_part) p
            USING (order_id, sku_id, element_id)
        WHERE p.needed IS DISTINCT FROM i.issued
    """,
    "every SKU is composed of elements that fit its goods": """
        SELECT sku_id, goods.kind, array_agg(delivery) AS deliveries
        FROM sku JOIN goods USING (goods_id) LEFT JOIN sku_element USING (sku_id) LEFT JOIN element USING (element_id)
        GROUP BY sku_id, goods.kind
        HAVING count(delivery) = 0 OR bool_or(delivery = 'parcel') <> (goods.kind = 'physical')
    """,
    "every element has stock rows": """
        SELECT element_id FROM element WHERE NOT EXISTS (
            SELECT FROM stock_level l WHERE l.element_id = element.element_id
        )
    """,
    "what is on its way left its place and has not arrived": """
        SELECT consignment_id, element_id, -coalesce(moved.units, 0) AS moved, line.missing
        FROM (
            SELECT consignment_id, element_id,
                   CASE status WHEN 'in_transit' THEN quantity - arrived - lost ELSE 0 END AS missing
            FROM consignment_line JOIN consignment USING (consignment_id) WHERE kind = 'transfer'
        ) line LEFT JOIN (
            SELECT document_id AS consignment_id, element_id, sum(quantity)::bigint AS units
            FROM movement WHERE kind IN ('transfer_out', 'transfer_in') GROUP BY 1, 2
        ) moved USING (consignment_id, element_id)
        WHERE line.missing <> -coalesce(moved.units, 0)
    """,
    "what arrived of a consignment was moved by it": """
        SELECT consignment_id, element_id, line.arrived, line.lost, came.arrived AS moved, came.lost AS written_off
        FROM (
            SELECT consignment_id, element_id, arrived, lost * (kind = 'transfer')::int AS lost, to_place
            FROM consignment_line JOIN consignment USING (consignment_id)
        ) line LEFT JOIN (
            SELECT document_id AS consignment_id, element_id, place_id AS to_place, sum(quantity)::bigint AS arrived,
                   coalesce(sum(-quantity) FILTER (WHERE kind = 'lost'), 0)::bigint AS lost
            FROM movement WHERE document_id IS NOT NULL GROUP BY 1, 2, 3
        ) came USING (consignment_id, element_id, to_place)
        WHERE (line.arrived, line.lost) IS DISTINCT FROM (coalesce(came.arrived, 0), coalesce(came.lost, 0))
    """,
    "what is handed over leaves one place as it comes to the other": """
        SELECT document_id, element_id, sum(quantity)::bigint AS units FROM movement WHERE kind = 'handed_over'
        GROUP BY 1, 2 HAVING sum(quantity) <> 0
    """,
    "a count moved what it was off, once it was posted": """
        SELECT count_id, element_id, line.off, coalesce(moved.units, 0) AS moved
        FROM (
            SELECT count_id, element_id, CASE status WHEN 'posted' THEN counted - expected ELSE 0 END AS off
            FROM stock_count_line JOIN stock_count USING (count_id)
        ) line LEFT JOIN (
            SELECT document_id AS count_id, element_id, sum(quantity)::bigint AS units
            FROM movement WHERE kind = 'adjusted' GROUP BY 1, 2
        ) moved USING (count_id, element_id)
        WHERE line.off <> coalesce(moved.units, 0)
    """,
    "a write-off took what it says, once it was posted": """
        SELECT write_off_id, off.units, coalesce(moved.units, 0) AS moved
        FROM (
            SELECT write_off_id, element_id, place_id,
                   CASE status WHEN 'posted' THEN quantity ELSE 0 END AS units FROM write_off
        ) off LEFT JOIN (
            SELECT document_id AS write_off_id, element_id, place_id, sum(-quantity)::bigint AS units
            FROM movement WHERE kind = 'written_off' GROUP BY 1, 2, 3
        ) moved USING (write_off_id, element_id, place_id)
        WHERE off.units <> coalesce(moved.units, 0)
    """,
    "what waits for its buyer waits in its hall, with a code": """
        SELECT r.order_id, r.status, p.state FROM reservation r LEFT JOIN pick_up p USING (order_id)
        WHERE CASE p.state WHEN 'waiting' THEN r.status <> 'waiting'
                           WHEN 'collected' THEN r.status NOT IN ('committed', 'released')
                           WHEN 'called_off' THEN r.status <> 'released' ELSE false END
           OR (p.place_id <> r.hall) OR (p.order_id IS NOT NULL AND NOT r.waits)
    """,
    "what was picked up was handed over": """
        SELECT order_id, sum(quantity)::bigint AS units FROM movement LEFT JOIN pick_up USING (order_id)
        WHERE kind = 'picked_up' AND pick_up.state IS DISTINCT FROM 'collected' GROUP BY 1
    """,
    "codes live as they may": """
        SELECT code_id, version, what, before, state FROM (
            SELECT code_id, version, what, state,
                   lag(what) OVER life AS before, row_number() OVER life AS place
            FROM code_deed JOIN code ON code.id = code_id WINDOW life AS (PARTITION BY code_id ORDER BY version)
        ) deeds
        WHERE state <> 'issued' OR version <> place OR before = 'voided'
           OR (what = 'undone') <> coalesce(before = 'verified', false)
    """,
    "what was accepted to replenish was ordered": """
        SELECT replenishment_id, replenishment.quantity, line.quantity AS ordered
        FROM replenishment LEFT JOIN consignment_line line USING (consignment_id, element_id)
        WHERE status = 'accepted' AND line.quantity IS DISTINCT FROM replenishment.quantity
    """,
    "no code exists twice": """
        SELECT DISTINCT element_id FROM code
        WHERE code IN (SELECT code FROM code GROUP BY 1 HAVING count(*) > 1)
    """,  # never the code itself: it is money
    "what members used of limits is what their orders took": """
        SELECT limit_id, member_id, period_start, used, coalesce(taken, 0) AS taken
        FROM limit_use LEFT JOIN (
            SELECT limit_id, reservation_limit.member_id, period_start, sum(quantity - given_back)::bigint AS taken
            FROM reservation_limit JOIN reservation USING (order_id)
            WHERE status IN ('held', 'promised', 'waiting', 'committed') GROUP BY 1, 2, 3
        ) t USING (limit_id, member_id, period_start)
        WHERE used <> coalesce(taken, 0)
    """,
    "a pre-sale has sold and allotted what its orders have": """
        SELECT presale_id, presale.taken, coalesce(t.taken, 0) AS held, presale.allotted, coalesce(t.allotted, 0) AS got
        FROM presale LEFT JOIN (
            SELECT presale_id, sum(pieces)::bigint AS taken,
                   coalesce(sum(pieces) FILTER (WHERE status = 'committed'), 0)::bigint AS allotted
            FROM reservation_presale JOIN reservation USING (order_id)
            WHERE status IN ('held', 'promised', 'committed') GROUP BY 1
        ) t USING (presale_id)
        WHERE (presale.taken, presale.allotted) <> (coalesce(t.taken, 0), coalesce(t.allotted, 0))
    """,
    "no pre-sale sells more than its quota": """
        SELECT presale_id, quota, taken, allotted FROM presale
        WHERE NOT (0 <= allotted AND allotted <= taken AND taken <= quota)
    """,
    "orders of goods to come took of pre-sales": """
        SELECT order_id, is_presale FROM reservation r WHERE status <> 'released'
          AND is_presale <> EXISTS (SELECT FROM reservation_presale p WHERE p.order_id = r.order_id)
    """,
    "a pre-sale is as it was decided last": """
        SELECT presale_id, version FROM presale LEFT JOIN presale_decision d USING (presale_id, version)
        WHERE (presale.status, presale.begins_at, presale.ends_at, presale.ships_from, presale.quota)
              IS DISTINCT FROM (d.status, d.begins_at, d.ends_at, d.ships_from, d.quota)
    """,
    "a SKU has one pre-sale at a time": """
        SELECT a.sku_id, a.presale_id, b.presale_id AS other FROM presale a JOIN presale b USING (sku_id)
        WHERE a.presale_id < b.presale_id AND a.status = 'open' AND b.status = 'open'
          AND a.begins_at < b.ends_at AND b.begins_at < a.ends_at
    """,
    "goods are not on sale twice at once": """
        SELECT a.goods_id, a.id AS earlier, b.id AS later FROM sale_window a JOIN sale_window b USING (goods_id)
        WHERE a.id < b.id AND a.begins_at < coalesce(b.ends_at, 'infinity')
          AND b.begins_at < coalesce(a.ends_at, 'infinity')
          AND a.begins_at IS DISTINCT FROM a.ends_at AND b.begins_at IS DISTINCT FROM b.ends_at
    """,
    "terms of a price do not overlap": """
        SELECT a.price_id, a.id AS earlier, b.id AS later FROM price a JOIN price b USING (price_id, least_tier)
        WHERE a.id < b.id AND a.segment IS NOT DISTINCT FROM b.segment
          AND a.effective_from < coalesce(b.effective_until, 'infinity')
          AND b.effective_from < coalesce(a.effective_until, 'infinity')
    """,
}
