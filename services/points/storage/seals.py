"""Seals as rows, the rows under them as canonical lines, and which journals are final."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.seals import Head, Seal
from services.points.storage.canonical_lines import ENTRY_LINE, JOURNAL_LINE, RECORD_LINE

# Ids are drawn one by one, none is kept in store by a session (CACHE 1), and only under the lock of draw_journal_id().
_HIGHEST_DRAWN = sa.text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM journal_id_seq")
_HEAD = sa.text("SELECT block, last_journal, hash FROM seal ORDER BY block DESC LIMIT 1")
_PENDING = sa.text("""
    SELECT least((SELECT min(id) FROM journal WHERE id > :after AND id <= :upto),
                 (SELECT min(id) FROM record WHERE id > :after AND id <= :upto)), clock_timestamp()
""")
# The number of the row behind the last one that fits.
_OVERFLOW = sa.text("""
    SELECT min(id) FROM (
        (SELECT id FROM journal WHERE id > :after AND id <= :upto ORDER BY id OFFSET :lines LIMIT 1)
        UNION ALL
        (SELECT journal_id FROM entry WHERE journal_id > :after AND journal_id <= :upto
         ORDER BY journal_id OFFSET :lines LIMIT 1)
        UNION ALL
        (SELECT id FROM record WHERE id > :after AND id <= :upto ORDER BY id OFFSET :lines LIMIT 1)) AS first_too_much
""")
# A block is too small for helpers or compilers to be worth their start.
_BLOCK_BY_BLOCK = sa.text("""
    SET LOCAL work_mem = '32MB'; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off
""")
_A_FEW_AT_A_TIME = {"stream_results": True, "yield_per": 1000}
# Rows that are numbered twice are damage; they come in an order all the same.
_JOURNAL_LINES = sa.text(f"""
    SELECT id, {JOURNAL_LINE} AS line FROM journal WHERE id BETWEEN :first AND :last ORDER BY id
""").execution_options(**_A_FEW_AT_A_TIME)  # noqa: S608 — what is inserted here and below are constants
_ENTRY_LINES = sa.text(f"""
    SELECT journal_id, seq, account_id, {ENTRY_LINE} AS line FROM entry
    WHERE journal_id BETWEEN :first AND :last ORDER BY journal_id, seq, account_id, amount
""").execution_options(**_A_FEW_AT_A_TIME)  # noqa: S608
_RECORD_LINES = sa.text(f"""
    SELECT id, {RECORD_LINE} AS line FROM record WHERE id BETWEEN :first AND :last ORDER BY id
""").execution_options(**_A_FEW_AT_A_TIME)  # noqa: S608
_NOTE_HOLDS = sa.text("SELECT note_holds(:first, :last)")
_COLUMNS = """block, form, first_journal, last_journal, journals, entries, prev, content, hash, entry_prints,
              journal_prints, names, sealed_at, records, record_prints"""
_WRITE = sa.text(f"""
    INSERT INTO seal ({_COLUMNS}) VALUES (:block, :form, :first_journal, :last_journal, :journals, :entries, :prev,
        :content, :hash, :entry_prints, :journal_prints, :names, :sealed_at, :records, :record_prints)
""")  # noqa: S608
_READ = sa.text(f"SELECT {_COLUMNS} FROM seal WHERE block >= :block ORDER BY block LIMIT 1")  # noqa: S608
_DAYS = sa.text("""
    SELECT id, CAST(posted_at AT TIME ZONE 'Asia/Shanghai' AS date) AS day FROM journal
    WHERE id = ANY(CAST(:ids AS bigint[]))
""")
_ACCOUNTS = sa.text("SELECT id, unit, kind, owner FROM account WHERE id = ANY(CAST(:ids AS bigint[]))")
_FIRST_SINCE = sa.text("SELECT min(block) FROM seal WHERE sealed_at >= :since")


def highest_drawn(work: Work) -> int:
    return int(work.execute(_HIGHEST_DRAWN).scalar_one())


def head_of_chain(work: Work) -> Head:
    row = work.execute(_HEAD).one_or_none()
    return Head(row.block, row.last_journal, bytes(row.hash)) if row else Head()


def end_of_block(work: Work, after: int, upto: int, most_lines: int) -> tuple[int, datetime] | None:
    """The last journal of a block of at most ``most_lines`` journals, as many entries and as many records, and the time
    by the database's clock. One journal is never cut in two. None if there is nothing to seal."""
    first, now = work.execute(_PENDING, {"after": after, "upto": upto}).one()
    if first is None:
        return None
    overflow = work.execute(_OVERFLOW, {"after": after, "upto": upto, "lines": most_lines}).scalar_one()
    if overflow is None:
        return upto, now
    return max(overflow - 1, first), now


def journal_lines(work: Work, first: int, last: int) -> Iterable[Any]:
    """(id, line) of every journal in the range."""
    work.execute(_BLOCK_BY_BLOCK)
    return work.execute(_JOURNAL_LINES, {"first": first, "last": last})


def entry_lines(work: Work, first: int, last: int) -> Iterable[Any]:
    """(journal_id, seq, account_id, line) of every entry of those journals, or of none that is there."""
    work.execute(_BLOCK_BY_BLOCK)
    return work.execute(_ENTRY_LINES, {"first": first, "last": last})


def record_lines(work: Work, first: int, last: int) -> Iterable[Any]:
    """(id, line) of every record in the range."""
    work.execute(_BLOCK_BY_BLOCK)
    return work.execute(_RECORD_LINES, {"first": first, "last": last})


def note_holds(work: Work, first: int, last: int) -> None:
    """Those that these journals are about, as they are now: to be sealed with a block to come."""
    work.execute(_NOTE_HOLDS, {"first": first, "last": last})


def write_seal(work: Work, seal: Seal) -> None:
    work.execute(_WRITE, vars(seal))


def seal_from(work: Work, block: int) -> Seal | None:
    """The first seal from ``block`` on."""
    row = work.execute(_READ, {"block": block}).one_or_none()
    if row is None:
        return None
    columns: dict[str, Any] = {
        name: bytes(value) if isinstance(value, memoryview) else value for name, value in row._mapping.items()
    }
    return Seal(**columns)


def first_block_since(work: Work, since: datetime) -> int | None:
    """The oldest block that was sealed at ``since`` or later."""
    return work.execute(_FIRST_SINCE, {"since": since}).scalar_one()


def days_of_journals(work: Work, journal_ids: Sequence[int]) -> dict[int, date]:
    """The calendar days in China on which those that are there were booked."""
    rows = work.execute(_DAYS, {"ids": list(journal_ids)})
    return {row.id: row.day for row in rows}


def accounts_named(work: Work, account_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """{id: {"unit", "kind", "owner"}} of those that are there."""
    rows = work.execute(_ACCOUNTS, {"ids": list(account_ids)})
    return {row.id: {"unit": row.unit, "kind": row.kind, "owner": row.owner} for row in rows}
