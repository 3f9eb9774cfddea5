"""What must always be true of the ledger, each as a query for what breaks it. Braces: see invariants_scope."""

import sqlalchemy as sa

from services.points.storage.command_invariants import COMMAND_INVARIANTS
from services.points.storage.expiry_invariants import EXPIRY_INVARIANTS
from services.points.storage.invariants_of_proof import PROOF_INVARIANTS
from services.points.storage.invariants_scope import HOURLY, of_everything, of_what_was_touched
from services.points.storage.rule_invariants import RULE_INVARIANTS

# Sums over all entries take memory or time; compiling them takes longer than running them over a small ledger.
AT_EASE = sa.text("SET LOCAL work_mem = '128MB'; SET LOCAL jit = off")
_RULES: dict[str, str] = {
    "entries_of_a_journal_sum_to_zero": """
        SELECT journal_id, unit FROM {legs} GROUP BY journal_id, unit HAVING sum(amount) <> 0""",
    "all_entries_sum_to_zero": """
        SELECT unit FROM entry GROUP BY unit HAVING sum(amount) <> 0""",
    "wallet_is_the_sum_of_its_entries": """
        SELECT account.owner FROM {accounts} LEFT JOIN (
            SELECT account_id, sum(amount) AS booked FROM {entries} GROUP BY account_id
        ) AS e ON e.account_id = account.id
        WHERE account.kind = 'wallet' AND account.posted <> coalesce(e.booked, 0)""",
    # An entry of a wallet without a pool would make the wallet differ from its buckets; no other entry has one.
    "bucket_is_the_sum_of_its_entries": """
        SELECT account_id, pool, expires_on FROM {buckets} FULL JOIN (
            SELECT account_id, pool, expires_on, sum(amount) AS booked FROM {entries}
            WHERE pool IS NOT NULL GROUP BY 1, 2, 3
        ) AS e USING (account_id, pool, expires_on)
        WHERE coalesce(bucket.remaining, 0) <> coalesce(e.booked, 0)""",
    "wallet_is_the_sum_of_its_buckets": """
        SELECT account.owner FROM {accounts} LEFT JOIN (
            SELECT account_id, sum(remaining) AS remaining, sum(held) AS held FROM {buckets} GROUP BY account_id
        ) AS b ON b.account_id = account.id
        WHERE account.kind = 'wallet'
              AND (account.posted <> coalesce(b.remaining, 0) OR account.held <> coalesce(b.held, 0))""",
    "held_is_the_sum_of_open_holds": """
        SELECT account.owner FROM {accounts} LEFT JOIN (
            SELECT account_id, sum(amount) AS held FROM {open_holds} WHERE state = 'open' GROUP BY account_id
        ) AS h ON h.account_id = account.id
        WHERE account.kind = 'wallet' AND account.held <> coalesce(h.held, 0)""",
    "bucket_held_is_what_open_holds_drew": """
        SELECT account_id, pool, expires_on FROM {buckets} FULL JOIN (
            SELECT hold.account_id, part.pool, part.expires_on, sum(part.amount) AS held
            FROM {open_holds} JOIN hold_bucket AS part USING (order_id, unit) WHERE hold.state = 'open' GROUP BY 1, 2, 3
        ) AS h USING (account_id, pool, expires_on)
        WHERE coalesce(bucket.held, 0) <> coalesce(h.held, 0)""",
    "hold_is_the_sum_of_its_buckets": """
        SELECT order_id, unit FROM {holds} LEFT JOIN (
            SELECT order_id, unit, sum(amount) AS amount, sum(captured) AS captured, sum(refunded) AS refunded
            FROM {shares} GROUP BY order_id, unit
        ) AS part USING (order_id, unit)
        WHERE hold.state <> 'barred' AND (hold.amount <> coalesce(part.amount, 0)
              OR hold.captured <> coalesce(part.captured, 0) OR hold.refunded <> coalesce(part.refunded, 0))""",
    "capture_is_booked_as_captured": """
        SELECT hold.order_id, hold.unit FROM {holds} LEFT JOIN (
            SELECT journal.ref, entry.account_id,
                   -sum(entry.amount) FILTER (WHERE journal.kind = 'capture') AS captured,
                   sum(entry.amount) FILTER (WHERE journal.kind = 'refund') AS refunded
            FROM {of_orders} JOIN entry ON entry.journal_id = journal.id
            WHERE journal.kind IN ('capture', 'refund') GROUP BY 1, 2
        ) AS booked ON booked.ref = hold.order_id AND booked.account_id = hold.account_id
        WHERE hold.captured <> coalesce(booked.captured, 0) OR hold.refunded <> coalesce(booked.refunded, 0)""",
    "what_is_held_was_held_for_an_order": """
        SELECT journal.id, journal.kind FROM {journals} WHERE journal.kind IN ('hold', 'capture', 'release', 'refund')
              AND NOT EXISTS (SELECT FROM hold WHERE hold.order_id = journal.ref)""",
    "nothing_was_held_after_it_expired": """
        SELECT hold_bucket.order_id, hold_bucket.unit, hold_bucket.expires_on FROM {shares} JOIN (
            SELECT ref, min(effective_on) AS day FROM {of_orders} WHERE journal.kind = 'hold' GROUP BY ref
        ) AS held ON held.ref = hold_bucket.order_id
        WHERE hold_bucket.expires_on < held.day""",
    # Summed up before accounts are joined: by their numbers that takes half the time it takes by owners.
    "lifetime_is_what_was_earned_and_not_clawed_back": """
        WITH earned AS MATERIALIZED (
            SELECT entry.account_id, sum(entry.amount) AS points FROM {entries}
            JOIN journal ON journal.id = entry.journal_id AND journal.kind IN ('accrual', 'clawback')
            GROUP BY entry.account_id
        )
        SELECT account.owner, account.unit FROM {accounts} LEFT JOIN earned ON earned.account_id = account.id
        LEFT JOIN (
            SELECT debt.owner, debt.unit, repaid.points FROM account AS debt
            JOIN earned AS repaid ON repaid.account_id = debt.id WHERE debt.kind = 'debt'
        ) AS owing ON owing.owner = account.owner AND owing.unit = account.unit
        WHERE account.kind = 'wallet'
              AND account.lifetime <> coalesce(earned.points, 0) + coalesce(owing.points, 0)""",
    "owed_is_the_sum_of_the_debt_account": """
        SELECT wallet.owner, wallet.unit FROM (SELECT * FROM {accounts}) AS wallet LEFT JOIN (
            SELECT account.owner, account.unit, -sum(entry.amount) AS owed
            FROM {accounts} JOIN entry ON entry.account_id = account.id WHERE account.kind = 'debt' GROUP BY 1, 2
        ) AS debt USING (owner, unit)
        WHERE wallet.kind = 'wallet' AND wallet.owed <> coalesce(debt.owed, 0)""",
    "nothing_is_negative": """
        SELECT id AS account_id FROM {accounts}
        WHERE kind = 'wallet' AND (posted < 0 OR held < 0 OR lifetime < 0 OR owed < 0 OR held > posted)
        UNION SELECT account_id FROM {buckets} WHERE remaining < 0 OR held < 0 OR held > remaining""",
    "other_accounts_are_derived": """
        SELECT owner, unit FROM account
        WHERE kind <> 'wallet' AND (posted <> 0 OR held <> 0 OR lifetime <> 0 OR owed <> 0 OR version <> 0)""",
    "no_hold_is_long_overdue": """
        SELECT order_id, unit FROM hold WHERE state = 'open' AND expires_at < now() - make_interval(secs => (
            SELECT value FROM ledger_setting WHERE name = 'hold_overdue_alarm_s' AND effective_from <= current_date
            ORDER BY effective_from DESC, id DESC LIMIT 1))""",
    "entries_have_a_journal_and_an_account": """
        SELECT entry.journal_id, entry.account_id FROM {legs} LEFT JOIN journal ON journal.id = entry.journal_id
        LEFT JOIN account ON account.id = entry.account_id AND account.unit = entry.unit
        WHERE journal.id IS NULL OR account.id IS NULL""",
    "journals_that_move_points_have_entries": """
        SELECT id, kind FROM {journals}
        WHERE kind NOT IN ('hold', 'release', 'repeat')
              AND NOT EXISTS (SELECT FROM entry WHERE entry.journal_id = journal.id)
              AND NOT EXISTS (SELECT FROM claw_back WHERE claw_back.journal_id = journal.id AND drawn + owed = 0)""",
    "legs_of_a_journal_are_numbered_once": """
        SELECT journal_id, seq FROM {legs} GROUP BY journal_id, seq HAVING count(*) > 1""",
    "buckets_belong_to_wallets": """
        SELECT bucket.account_id
        FROM {buckets} LEFT JOIN account ON account.id = bucket.account_id AND account.kind = 'wallet'
        WHERE account.id IS NULL""",
    "wallets_have_a_holder": """
        SELECT owner FROM {accounts} WHERE kind = 'wallet'
              AND NOT EXISTS (SELECT FROM holder WHERE holder.member_id = account.owner
                                                       AND (account.unit <> 'PTS' OR holder.wallet_id = account.id))""",
    "chunks_of_bill_runs_are_booked_as_counted": """
        SELECT chunk.run_no, chunk.chunk FROM bill_chunk AS chunk LEFT JOIN (
            SELECT entry.journal_id, sum(entry.amount) AS points FROM entry
            JOIN account ON account.id = entry.account_id AND account.kind IN ('wallet', 'debt')
            GROUP BY entry.journal_id
        ) AS booked ON booked.journal_id = chunk.journal_id
        WHERE chunk.points <> coalesce(booked.points, 0)""",
    "bill_runs_are_booked_as_counted": """
        SELECT run_id FROM (
            SELECT run.run_id, sum(chunk.points - chunk.clawed_back) AS points
            FROM bill_run AS run JOIN bill_chunk AS chunk ON chunk.run_no = run.no GROUP BY 1
        ) AS counted FULL JOIN (
            SELECT journal.ref AS run_id, sum(entry.amount) AS points
            FROM journal JOIN entry ON entry.journal_id = journal.id
            JOIN account ON account.id = entry.account_id AND account.kind IN ('wallet', 'debt')
            WHERE starts_with(journal.idem, 'bill_chunk:') OR starts_with(journal.idem, 'bill_correction:') GROUP BY 1
        ) AS booked USING (run_id)
        WHERE coalesce(counted.points, 0) <> coalesce(booked.points, 0)""",
    "posted_bill_runs_account_for_every_line": """
        SELECT run.run_id FROM bill_run AS run LEFT JOIN bill_chunk AS chunk ON chunk.run_no = run.no
        WHERE run.state = 'posted' GROUP BY run.no
        HAVING run.lines <> run.rejected_lines + run.excluded_lines
                            + coalesce(sum(chunk.posted_lines + chunk.rejected_lines), 0)
               OR bool_or(chunk.run_no IS NOT NULL
                          AND (chunk.posted_at IS NULL OR chunk.decreases_after IS NOT NULL))""",
    "no_entry_missed_its_partition": """
        SELECT journal_id, seq FROM entry_default""",
    **COMMAND_INVARIANTS,
    **EXPIRY_INVARIANTS,
    **PROOF_INVARIANTS,
    **RULE_INVARIANTS,
}
INVARIANTS = of_everything(_RULES)
# What an hourly audit asks: of what was touched, and what costs little to ask of everything.
TOUCHED_INVARIANTS = of_what_was_touched(_RULES) | {name: INVARIANTS[name] for name in HOURLY}
