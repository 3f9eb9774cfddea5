"""What must always be true of expiry."""

EXPIRY_INVARIANTS: dict[str, str] = {
    "expiry_is_booked_as_counted": """
        SELECT expires_on FROM (
            SELECT expires_on, sum(points) AS points, sum(coins) AS coins FROM expiry_run GROUP BY expires_on
        ) AS counted FULL JOIN (
            SELECT entry.expires_on, -sum(entry.amount) FILTER (WHERE entry.unit = 'PTS') AS points,
                   -sum(entry.amount) FILTER (WHERE entry.unit = 'COIN') AS coins
            FROM journal JOIN entry ON entry.journal_id = journal.id
            JOIN account ON account.id = entry.account_id AND account.kind = 'wallet'
            WHERE journal.kind = 'expiry' GROUP BY entry.expires_on
        ) AS booked USING (expires_on)
        WHERE (coalesce(counted.points, 0), coalesce(counted.coins, 0))
              <> (coalesce(booked.points, 0), coalesce(booked.coins, 0))""",
}
