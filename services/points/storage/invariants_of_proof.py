"""What must always be true of seals, leaves and checkpoints, so far as counting shows it; hashes tell the rest."""

PROOF_INVARIANTS: dict[str, str] = {
    "journals_are_sealed_in_time": """
        SELECT min(journal.id) AS oldest, count(*) AS journals FROM journal
        WHERE journal.id > (SELECT coalesce(max(last_journal), 0) FROM seal)
              AND journal.posted_at < clock_timestamp() - make_interval(secs => (
                  SELECT value FROM ledger_setting WHERE name = 'seal_overdue_alarm_s'
                  AND effective_from <= current_date ORDER BY effective_from DESC, id DESC LIMIT 1))
        HAVING count(*) > 0""",
    "everything_sealed_is_there": """
        SELECT sealed.journals, sealed.entries, sealed.records, found.journals AS found_journals,
               found.entries AS found_entries, found.records AS found_records
        FROM (
            SELECT coalesce(sum(journals), 0) AS journals, coalesce(sum(entries), 0) AS entries,
                   coalesce(sum(records), 0) AS records, coalesce(max(last_journal), 0) AS last FROM seal
        ) AS sealed, LATERAL (
            SELECT (SELECT count(*) FROM journal WHERE id <= sealed.last) AS journals,
                   (SELECT count(*) FROM entry WHERE journal_id <= sealed.last) AS entries,
                   (SELECT count(*) FROM record WHERE id <= sealed.last) AS records
        ) AS found
        WHERE (sealed.journals, sealed.entries, sealed.records) <> (found.journals, found.entries, found.records)""",
    "leaves_are_the_sums_of_their_entries": """
        SELECT account_id FROM proof_leaf FULL JOIN (
            SELECT entry.account_id, sum(entry.amount) AS balance, count(*) AS entries, max(journal_id) AS last_journal
            FROM entry JOIN account ON account.id = entry.account_id AND account.kind = 'wallet'
            WHERE entry.journal_id <= (
                SELECT coalesce(max(last_journal), 0) FROM seal
                WHERE block <= (SELECT max(upto_block) FROM proof_progress))
            GROUP BY entry.account_id
        ) AS booked USING (account_id)
        WHERE (proof_leaf.balance, proof_leaf.entries, proof_leaf.last_journal)
              IS DISTINCT FROM (booked.balance, booked.entries, booked.last_journal)""",
    "checkpoints_are_the_sums_of_their_leaves": """
        SELECT unit, no FROM (
            SELECT DISTINCT ON (unit) * FROM checkpoint ORDER BY unit, no DESC
        ) AS newest JOIN proof_progress AS progress USING (unit, upto_block) LEFT JOIN (
            SELECT unit, count(*) AS accounts, sum(balance) AS total FROM proof_leaf GROUP BY unit
        ) AS leaves USING (unit)
        WHERE (newest.accounts, newest.total) IS DISTINCT FROM (leaves.accounts, leaves.total)
              OR newest.total <> -progress.in_others""",
}
