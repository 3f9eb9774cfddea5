"""What must always be true of claw-backs, top-ups, gifts, adjustments and freezes."""

COMMAND_INVARIANTS: dict[str, str] = {
    "claw_backs_are_booked_as_noted": """
        SELECT journal_id, account_id FROM (
            SELECT journal_id, account_id, -drawn AS wallet, -owed AS debt FROM {claw_backs}
        ) AS noted FULL JOIN (
            SELECT entry.journal_id, wallet.id AS account_id,
                   coalesce(sum(entry.amount) FILTER (WHERE account.kind = 'wallet'), 0) AS wallet,
                   coalesce(sum(entry.amount) FILTER (WHERE account.kind = 'debt'), 0) AS debt
            FROM {journals} JOIN entry ON entry.journal_id = journal.id
            JOIN account ON account.id = entry.account_id AND account.kind IN ('wallet', 'debt')
            JOIN account AS wallet
                 ON wallet.kind = 'wallet' AND wallet.owner = account.owner AND wallet.unit = account.unit
            WHERE journal.kind = 'clawback' GROUP BY 1, 2 HAVING sum(entry.amount) <> 0
        ) AS booked USING (journal_id, account_id)
        WHERE (coalesce(noted.wallet, 0), coalesce(noted.debt, 0))
              <> (coalesce(booked.wallet, 0), coalesce(booked.debt, 0))""",
    "nothing_is_clawed_back_twice": """
        SELECT noted.earning AS journal_id, account.owner FROM claw_back AS noted
        JOIN account ON account.id = noted.account_id WHERE noted.earning IS NOT NULL
        GROUP BY 1, 2, account.id HAVING sum(noted.asked - (
            SELECT coalesce(sum(points), 0) FROM bill_due_after_all AS due
            WHERE due.account_id = noted.account_id AND due.journal_id = noted.journal_id)) > (
            SELECT coalesce(sum(entry.amount), 0) FROM entry JOIN account AS earner ON earner.id = entry.account_id
            WHERE entry.journal_id = noted.earning AND earner.owner = account.owner AND earner.unit = account.unit)""",
    "what_was_due_after_all_was_forgiven_before": """
        SELECT due.run_no, due.account_id FROM bill_due_after_all AS due
        JOIN claw_back ON claw_back.journal_id = due.journal_id AND claw_back.account_id = due.account_id
        JOIN journal ON journal.id = due.journal_id JOIN bill_run ON bill_run.no = due.run_no
        GROUP BY 1, 2, due.journal_id, claw_back.forgiven, journal.ref, bill_run.run_id
        HAVING journal.ref <> bill_run.run_id OR claw_back.forgiven < (
            SELECT sum(points) FROM bill_due_after_all AS other
            WHERE other.account_id = due.account_id AND other.journal_id = due.journal_id)""",
    "top_ups_are_booked_as_noted": """
        SELECT payment_ref FROM (
            SELECT payment_ref, points, amount_fen FROM top_up
            UNION ALL SELECT payment_ref, -points, -amount_fen FROM top_up_reversal
        ) AS noted FULL JOIN (
            SELECT journal.ref AS payment_ref, -sum(entry.amount) FILTER (WHERE entry.unit <> 'CNY') AS points,
                   coalesce(sum(entry.amount) FILTER (WHERE entry.unit = 'CNY'), 0) AS fen
            FROM journal JOIN entry ON entry.journal_id = journal.id
            JOIN account ON account.id = entry.account_id AND account.kind = 'system' AND account.owner = 'exchange'
            WHERE journal.kind = 'top_up' GROUP BY 1
        ) AS booked USING (payment_ref)
        GROUP BY 1, booked.points, booked.fen
        HAVING coalesce(sum(noted.points), 0) <> coalesce(booked.points, 0)
               OR coalesce(sum(noted.amount_fen), 0) <> coalesce(booked.fen, 0)""",
    "no_top_up_is_reversed_beyond_itself": """
        SELECT payment_ref FROM top_up JOIN (
            SELECT payment_ref, sum(points) AS points, sum(amount_fen) AS fen FROM top_up_reversal GROUP BY 1
        ) AS back USING (payment_ref)
        WHERE back.points > top_up.points OR back.fen > top_up.amount_fen""",
    "gifts_are_booked_as_noted": """
        SELECT journal_id FROM {gifts} FULL JOIN (
            SELECT entry.journal_id, -sum(entry.amount) FILTER (WHERE entry.amount < 0) AS points,
                   min(account.owner) FILTER (WHERE entry.amount < 0) AS giver,
                   min(account.owner) FILTER (WHERE entry.amount > 0) AS receiver
            FROM {journals} JOIN entry ON entry.journal_id = journal.id JOIN account ON account.id = entry.account_id
            WHERE journal.kind = 'gift' GROUP BY 1
        ) AS booked USING (journal_id)
        LEFT JOIN account AS giver ON giver.id = gift.giver LEFT JOIN account AS receiver ON receiver.id = gift.receiver
        WHERE (gift.points, giver.owner, receiver.owner)
              IS DISTINCT FROM (booked.points, booked.giver, booked.receiver)""",
    "adjustments_are_booked_as_requested": """
        SELECT adjustment_id, member_id FROM (
            SELECT adjustment_id, line.member_id, line.points FROM adjustment_line AS line
            JOIN adjustment ON adjustment.id = line.adjustment_id AND adjustment.state = 'posted'
        ) AS asked FULL JOIN (
            SELECT journal.ref AS adjustment_id, account.owner AS member_id, sum(entry.amount) AS points
            FROM journal JOIN entry ON entry.journal_id = journal.id
            JOIN account ON account.id = entry.account_id AND account.kind IN ('wallet', 'debt')
            WHERE journal.kind = 'adjustment' GROUP BY 1, 2
        ) AS booked USING (adjustment_id, member_id)
        WHERE asked.points IS DISTINCT FROM booked.points""",
    "adjustments_are_the_sums_of_their_lines": """
        SELECT adjustment.id FROM adjustment LEFT JOIN adjustment_line AS line ON line.adjustment_id = adjustment.id
        GROUP BY adjustment.id
        HAVING adjustment.lines <> count(line.line)
               OR adjustment.added <> coalesce(sum(line.points) FILTER (WHERE line.points > 0), 0)
               OR adjustment.taken <> -coalesce(sum(line.points) FILTER (WHERE line.points < 0), 0)""",
    "frozen_is_who_is_not_active_or_frozen_by_ops": """
        SELECT account.owner, account.unit FROM {accounts} JOIN holder ON holder.member_id = account.owner
        WHERE account.kind = 'wallet' AND (account.status = 'open') <> (holder.state = 'active' AND NOT EXISTS (
            SELECT FROM account_freeze LEFT JOIN account_unfreeze ON freeze_id = account_freeze.id
            WHERE account_freeze.member_id = holder.member_id AND freeze_id IS NULL))""",
}
