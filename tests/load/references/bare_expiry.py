"""The reference of the expiry benchmark: one statement that expires everything there is, in one transaction.

It leaves the same rows behind as ours, but locks every wallet until it is through, tells nobody, waits for whoever
redeems, and starts from nothing when it is stopped.
"""

import sqlalchemy as sa

from services.chassis.data.database import make_engine

_EXPIRE = sa.text("""
    WITH journal_row AS (
        INSERT INTO journal (id, idem, kind, fingerprint, happened_at, channel, actor, result)
        VALUES (draw_journal_id(), 'expiry:' || gen_random_uuid(), 'expiry', '', now(), 'ops', 'bench', '{}')
        RETURNING id
    ), gone AS (
        DELETE FROM bucket WHERE expires_on < current_date AND held = 0
        RETURNING account_id, pool, expires_on, remaining AS points
    ), wallet AS (
        UPDATE account SET posted = posted - loss.points, version = version + 1
        FROM (SELECT account_id, sum(points) AS points FROM gone GROUP BY account_id) AS loss
        WHERE account.id = loss.account_id RETURNING 1
    ), written AS (
        INSERT INTO entry (journal_id, seq, account_id, unit, amount, pool, expires_on)
        SELECT journal_row.id, row_number() OVER (), account_id, 'PTS', -points, pool, expires_on
        FROM gone, journal_row
        UNION ALL
        SELECT journal_row.id, 0, account.id, 'PTS', (SELECT sum(points) FROM gone), NULL, NULL
        FROM journal_row, account WHERE unit = 'PTS' AND kind = 'system' AND owner = 'breakage'
    )
    SELECT (SELECT count(*) FROM gone) AS buckets, (SELECT count(*) FROM wallet) AS wallets
""")


def expire_all(url: str) -> int:
    """How many buckets."""
    engine = make_engine(url, 1)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        buckets = connection.execute(_EXPIRE).one().buckets
    engine.dispose()
    return int(buckets)
