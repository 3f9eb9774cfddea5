"""The audit's questions about what carriers owe: each finds the parcels or remittances of which something is wrong."""

REMITTANCE_QUESTIONS = {
    "remittances_sum_to_their_lines": """
        SELECT r.remittance_id FROM carrier_remittance r LEFT JOIN carrier_remittance_line l USING (remittance_id)
        GROUP BY r.remittance_id
        HAVING r.lines <> count(l.line_no) OR r.total_fen <> coalesce(sum(l.amount_fen), 0)""",
    "claims_have_what_was_remitted": """
        SELECT c.carrier || ' ' || c.waybill_no
        FROM cash_claim c LEFT JOIN carrier_remittance_line l USING (carrier, waybill_no)
        GROUP BY c.carrier, c.waybill_no HAVING c.remitted_fen <> coalesce(sum(l.amount_fen), 0)""",
    "what_people_settled_was_decided": """
        SELECT c.carrier || ' ' || c.waybill_no
        FROM cash_claim c LEFT JOIN remittance_difference d
            ON d.carrier = c.carrier AND d.waybill_no = c.waybill_no AND d.state IN ('explained', 'written_off')
        GROUP BY c.carrier, c.waybill_no HAVING c.by_hand_fen <> coalesce(sum(d.missing_fen), 0)""",
    "uneven_claims_differ": """
        SELECT c.carrier || ' ' || c.waybill_no FROM cash_claim c
        WHERE c.said_fen <> c.remitted_fen + c.by_hand_fen
          AND (c.remitted_fen > 0 OR c.due_at < CAST(:now AS timestamptz) - interval '1 day')
          AND NOT EXISTS (
              SELECT FROM remittance_difference d WHERE d.carrier = c.carrier AND d.waybill_no = c.waybill_no
                AND d.state IN ('open', 'write_off_asked')
                AND d.missing_fen = c.said_fen - c.remitted_fen - c.by_hand_fen)""",
    "cash_from_the_door_is_claimed": """
        SELECT p.purchase_id FROM payment p WHERE p.provider = 'on_delivery' AND p.status = 'captured'
          AND NOT EXISTS (SELECT FROM cash_claim c JOIN parcel s USING (shipment_id)
                          WHERE s.shipment_id = p.provider_trade_no)""",
}
