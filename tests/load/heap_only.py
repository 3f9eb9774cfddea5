"""Which share of updates left the indexes alone, by PostgreSQL's own count."""

import sqlalchemy as sa

from services.chassis.data.database import make_engine
from tests.load.frame import Row, plain
from tests.load.patience import wait_until

GOAL = 95
TABLES = ("account", "bucket")
_UPDATES = sa.text("""
    SELECT relname, n_tup_upd AS updates, n_tup_hot_upd AS heap_only FROM pg_stat_user_tables
    WHERE relname = ANY(:tables)
""")


def forget_updates(url: str) -> None:
    """Only what comes after this is counted. Whoever updated before has closed its session."""
    engine = make_engine(url, 1)
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_stat_reset()"))
    engine.dispose()


def heap_only_shares(url: str, changes: str) -> dict[str, float]:
    """Per cent by table. Sessions report only some seconds later what they did: this waits until nothing is missing of
    what ``changes`` counts in the book."""
    engine = make_engine(url, 1)
    try:
        wait_until("PostgreSQL has counted every update", lambda: _nothing_is_missing(engine, changes))
        return {row.relname: 100 * row.heap_only / row.updates for row in _updates(engine) if row.updates}
    finally:
        engine.dispose()


def rows_of_heap_only(goal: str, shares: dict[str, float]) -> list[Row]:
    what = "updates that left the indexes alone"
    return [
        plain(f"{goal}.heap_only.{table}", f"{what}: {table}", "%", share, GOAL, at_most=False)
        for table, share in sorted(shares.items())
    ]


def _nothing_is_missing(engine: sa.Engine, changes: str) -> bool:
    with engine.connect() as connection:
        expected = connection.execute(sa.text(changes)).scalar_one()
    return any(row.relname == "account" and row.updates >= expected for row in _updates(engine))


def _updates(engine: sa.Engine) -> list[sa.Row]:
    with engine.connect() as connection:
        return list(connection.execute(_UPDATES, {"tables": list(TABLES)}))
