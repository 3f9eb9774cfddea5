"""Rows that are there against the last note of each."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.storage.evidence import NOTED, Noted

# As the notes were written: moments and bytes as JSON has them.
_AS_NOTED = sa.text("""
    SELECT set_config('timezone', 'UTC', true), set_config('bytea_output', 'hex', true),
           set_config('jit', 'off', true), set_config('work_mem', '64MB', true)
""")
# A hold is noted when its journals are sealed, and with what it drew: one that has others is not noted yet.
_SHARES = """
    || jsonb_build_object('shares', (
        SELECT jsonb_agg(to_jsonb(part) ORDER BY pool, expires_on) FROM hold_bucket AS part
        WHERE part.order_id = there.order_id AND part.unit = there.unit))
"""
_NOT_SEALED = """
    AND NOT EXISTS (SELECT FROM journal WHERE ref = split_part(key, ' ', 1) AND id > (
        SELECT coalesce(max(last_journal), 0) FROM seal))
"""
_DIFFERENT = """
    SELECT key, there.key IS NULL AS gone, noted.digest IS NULL AS unknown, noted.noted_at, noted.noted_by FROM (
        SELECT {key} AS key,
               sha256(convert_to(CAST(
                   jsonb_strip_nulls(to_jsonb(there) - '{left_out}'::text[]) {more} AS text), 'UTF8')) AS digest
        FROM {table} AS there
    ) AS there FULL JOIN (
        SELECT DISTINCT ON (key) key, digest, noted_at, noted_by FROM record WHERE of_table = '{table}'
        ORDER BY key, id DESC
    ) AS noted USING (key)
    WHERE there.digest IS DISTINCT FROM noted.digest {unless} ORDER BY key
"""
# Of rows that are written once and stay.
_WRITTEN_AGAIN = sa.text("""
    SELECT key, because, noted_at, noted_by FROM record
    WHERE of_table = :table AND because IN ('changed', 'removed') ORDER BY id
""").execution_options(stream_results=True)


def rows_that_differ(work: Work, table: str) -> Iterator[Any]:
    """(key, gone, unknown, noted_at, noted_by): the row is gone, was never noted, or is not what was noted last."""
    work.execute(_AS_NOTED)
    yield from work.execute(_STATEMENTS[table])


def rows_written_again(work: Work, table: str) -> Iterator[Any]:
    """(key, because, noted_at, noted_by): a row that stays was changed or removed with the note of it."""
    yield from work.execute(_WRITTEN_AGAIN, {"table": table})


def _different(table: str, noted: Noted) -> sa.TextClause:
    of_hold = table == "hold"
    statement = _DIFFERENT.format(
        table=table,
        key=" || ' ' || ".join(f"(to_jsonb(there) ->> '{column}')" for column in noted.key),
        left_out=f"{{{','.join(noted.left_out)}}}",
        more=_SHARES if of_hold else "",
        unless=_NOT_SEALED if of_hold else "",
    )
    return sa.text(statement).execution_options(stream_results=True)


_STATEMENTS = {table: _different(table, noted) for table, noted in NOTED.items()}
