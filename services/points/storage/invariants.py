"""What must always be true of the ledger, each as a query for what breaks it."""

INVARIANTS: dict[str, str] = {
    "entries_of_a_journal_sum_to_zero": """
        SELECT journal_id, unit FROM entry GROUP BY journal_id, unit HAVING sum(amount) <> 0""",
    "all_entries_sum_to_zero": """
        SELECT unit FROM entry GROUP BY unit HAVING sum(amount) <> 0""",
    "wallet_is_the_sum_of_its_entries": """
        SELECT account.owner FROM account LEFT JOIN (
            SELECT account_id, sum(amount) AS booked FROM entry GROUP BY account_id
        ) AS e ON e.account_id = account.id
        WHERE account.kind = 'wallet' AND account.posted <> coalesce(e.booked, 0)""",
    "bucket_is_the_sum_of_its_entries": """
        SELECT account_id, pool, expires_on FROM bucket FULL JOIN (
            SELECT entry.account_id, entry.pool, entry.expires_on, sum(entry.amount) AS booked
            FROM entry JOIN account ON account.id = entry.account_id AND account.kind = 'wallet' GROUP BY 1, 2, 3
        ) AS e USING (account_id, pool, expires_on)
        WHERE coalesce(bucket.remaining, 0) <> coalesce(e.booked, 0)""",
    "wallet_is_the_sum_of_its_buckets": """
        SELECT account.owner FROM account LEFT JOIN (
            SELECT account_id, sum(remaining) AS remaining, sum(held) AS held FROM bucket GROUP BY account_id
        ) AS b ON b.account_id = account.id
        WHERE account.kind = 'wallet'
              AND (account.posted <> coalesce(b.remaining, 0) OR account.held <> coalesce(b.held, 0))""",
    "held_is_the_sum_of_open_holds": """
        SELECT account.owner FROM account LEFT JOIN (
            SELECT account_id, sum(amount) AS held FROM hold WHERE state = 'open' GROUP BY account_id
        ) AS h ON h.account_id = account.id
        WHERE account.kind = 'wallet' AND account.held <> coalesce(h.held, 0)""",
    "bucket_held_is_what_open_holds_drew": """
        SELECT account_id, pool, expires_on FROM bucket FULL JOIN (
            SELECT hold.account_id, part.pool, part.expires_on, sum(part.amount) AS held
            FROM hold JOIN hold_bucket AS part ON part.hold_id = hold.id WHERE hold.state = 'open' GROUP BY 1, 2, 3
        ) AS h USING (account_id, pool, expires_on)
        WHERE coalesce(bucket.held, 0) <> coalesce(h.held, 0)""",
    "hold_is_the_sum_of_its_buckets": """
        SELECT hold.id FROM hold LEFT JOIN (
            SELECT hold_id, sum(amount) AS amount, sum(captured) AS captured, sum(refunded) AS refunded
            FROM hold_bucket GROUP BY hold_id
        ) AS part ON part.hold_id = hold.id
        WHERE hold.state <> 'barred' AND (hold.amount <> coalesce(part.amount, 0)
              OR hold.captured <> coalesce(part.captured, 0) OR hold.refunded <> coalesce(part.refunded, 0))""",
    "capture_is_booked_as_captured": """
        SELECT hold.id FROM hold LEFT JOIN (
            SELECT journal.ref, entry.account_id,
                   -sum(entry.amount) FILTER (WHERE journal.kind = 'capture') AS captured,
                   sum(entry.amount) FILTER (WHERE journal.kind = 'refund') AS refunded
            FROM journal JOIN entry ON entry.journal_id = journal.id
            WHERE journal.kind IN ('capture', 'refund') GROUP BY 1, 2
        ) AS booked ON booked.ref = hold.id AND booked.account_id = hold.account_id
        WHERE hold.captured <> coalesce(booked.captured, 0) OR hold.refunded <> coalesce(booked.refunded, 0)""",
    "lifetime_is_the_sum_of_accruals": """
        SELECT account.owner FROM account LEFT JOIN (
            SELECT entry.account_id, sum(entry.amount) AS earned FROM entry
            JOIN journal ON journal.id = entry.journal_id WHERE journal.kind = 'accrual' GROUP BY entry.account_id
        ) AS e ON e.account_id = account.id
        WHERE account.kind = 'wallet' AND account.lifetime <> coalesce(e.earned, 0)""",
    "nothing_is_negative": """
        SELECT id AS account_id FROM account
        WHERE kind = 'wallet' AND (posted < 0 OR held < 0 OR lifetime < 0 OR held > posted)
        UNION SELECT account_id FROM bucket WHERE remaining < 0 OR held < 0 OR held > remaining""",
    "system_accounts_are_derived": """
        SELECT owner, unit FROM account
        WHERE kind = 'system' AND (posted <> 0 OR held <> 0 OR lifetime <> 0 OR version <> 0)""",
    "no_hold_is_long_overdue": """
        SELECT id FROM hold WHERE state = 'open' AND expires_at < now() - make_interval(secs => (
            SELECT value FROM ledger_setting WHERE name = 'hold_overdue_alarm_s' AND effective_from <= current_date
            ORDER BY effective_from DESC, id DESC LIMIT 1))""",
    "entries_have_a_journal_and_an_account": """
        SELECT entry.journal_id, entry.account_id FROM entry LEFT JOIN journal ON journal.id = entry.journal_id
        LEFT JOIN account ON account.id = entry.account_id AND account.unit = entry.unit
        WHERE journal.id IS NULL OR account.id IS NULL""",
    "journals_that_move_points_have_entries": """
        SELECT id, kind FROM journal WHERE kind IN ('accrual', 'capture', 'refund', 'expiry', 'transfer', 'exchange')
              AND NOT EXISTS (SELECT FROM entry WHERE entry.journal_id = journal.id)""",
    "legs_of_a_journal_are_numbered_once": """
        SELECT journal_id, seq FROM entry GROUP BY journal_id, seq HAVING count(*) > 1""",
    "buckets_belong_to_wallets": """
        SELECT bucket.account_id
        FROM bucket LEFT JOIN account ON account.id = bucket.account_id AND account.kind = 'wallet'
        WHERE account.id IS NULL""",
    "wallets_have_a_holder": """
        SELECT owner FROM account WHERE kind = 'wallet'
              AND NOT EXISTS (SELECT FROM holder WHERE holder.member_id = account.owner)""",
    "frozen_is_who_is_not_active": """
        SELECT account.owner FROM account JOIN holder ON holder.member_id = account.owner
        WHERE account.kind = 'wallet' AND (account.status = 'open') <> (holder.state = 'active')""",
    "chunks_of_bill_runs_are_booked_as_counted": """
        SELECT chunk.run_no, chunk.chunk FROM bill_chunk AS chunk LEFT JOIN (
            SELECT entry.journal_id, sum(entry.amount) AS points FROM entry
            JOIN account ON account.id = entry.account_id AND account.kind = 'wallet' GROUP BY entry.journal_id
        ) AS booked ON booked.journal_id = chunk.journal_id
        WHERE chunk.points <> coalesce(booked.points, 0)""",
    "posted_bill_runs_account_for_every_line": """
        SELECT run.run_id FROM bill_run AS run LEFT JOIN bill_chunk AS chunk ON chunk.run_no = run.no
        WHERE run.state = 'posted' GROUP BY run.no
        HAVING run.lines <> run.rejected_lines + coalesce(sum(chunk.posted_lines + chunk.rejected_lines), 0)
               OR bool_or(chunk.posted_at IS NULL AND chunk.run_no IS NOT NULL)""",
    "no_entry_missed_its_partition": """
        SELECT journal_id, seq FROM entry_default""",
}
