"""The wallets' side of a proof: leaves, which grow block by block, and the postings that prove one."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.proofs import POSTING_FORM, START, Leaf
from services.points.storage.canonical_lines import DAY, JOURNAL_LINE, MOMENT, NUMBER, TEXT, json_array

GROUP_BITS = 8  # a node of level 1 stands for the leaves of 256 account ids, of level 2 for 256 such nodes
# What the posting says, in the order of its canonical line.
POSTING_COLUMNS = {
    "journal_id": ("entry.journal_id", NUMBER),
    "seq": ("entry.seq", NUMBER),
    "amount": ("entry.amount", NUMBER),
    "pool": ("entry.pool", NUMBER),
    "expires_on": ("entry.expires_on", DAY),
    "kind": ("fact.kind", TEXT),
    "source": ("fact.source", TEXT),
    "ref": ("fact.ref", TEXT),
    "happened_at": ("fact.happened_at", MOMENT),
    "booked_at": ("fact.posted_at", MOMENT),
    "journal_hash": ("fact.hash", TEXT),
}
_POSTING_LINE = json_array(POSTING_FORM, dict(POSTING_COLUMNS.values()))
_FACT = f"""
    id, kind, source, ref, happened_at, posted_at, encode(sha256(convert_to({JOURNAL_LINE}, 'UTF8')), 'hex') AS hash
"""
_AS_A_BATCH = sa.text("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
# Only who is the only one at it grows leaves. What accounts got that are no wallets is kept apart, for comparison.
_GROW = sa.text(f"""
    WITH fact AS MATERIALIZED (
        SELECT {_FACT} FROM journal WHERE id BETWEEN :first AND :last
    ), posting AS MATERIALIZED (
        SELECT account.id AS account_id, account.unit, account.kind, entry.amount, entry.journal_id, entry.seq,
               CASE account.kind WHEN 'wallet' THEN {_POSTING_LINE} END AS line
        FROM entry JOIN fact ON fact.id = entry.journal_id JOIN account ON account.id = entry.account_id
        WHERE entry.journal_id BETWEEN :first AND :last
    ), grown AS MATERIALIZED (
        SELECT posting.account_id, posting.unit, coalesce(leaf.balance, 0) + sum(amount) AS balance,
               coalesce(leaf.entries, 0) + count(*) AS entries,
               chained_digest(line, coalesce(leaf.digest, :start) ORDER BY journal_id, seq) AS digest,
               max(journal_id) AS last_journal
        FROM posting LEFT JOIN proof_leaf AS leaf ON leaf.account_id = posting.account_id
        WHERE posting.kind = 'wallet' GROUP BY posting.account_id, posting.unit, leaf.account_id
    ), written AS (
        INSERT INTO proof_leaf (account_id, unit, balance, entries, digest, last_journal)
        SELECT account_id, unit, balance, entries, digest, last_journal FROM grown
        ON CONFLICT (account_id) DO UPDATE SET balance = excluded.balance, entries = excluded.entries,
            digest = excluded.digest, last_journal = excluded.last_journal
    ), outgrown AS (
        INSERT INTO proof_node (unit, level, place)
        SELECT DISTINCT unit, 1, account_id >> {GROUP_BITS} FROM grown
        ON CONFLICT (unit, level, place) DO UPDATE SET stale = true
    )
    UPDATE proof_progress SET upto_block = :block, in_others = in_others + (
        SELECT coalesce(sum(amount), 0) FROM posting
        WHERE posting.unit = proof_progress.unit AND posting.kind <> 'wallet')
""")  # noqa: S608 — what is inserted here and below are constants
_SUM = sa.text("SELECT coalesce(sum(balance), 0) FROM proof_leaf WHERE unit = :unit")
_PROGRESS = sa.text("SELECT unit, upto_block, in_others FROM proof_progress")
_LEAVES = sa.text(f"""
    SELECT leaf.unit, leaf.account_id, account.owner, leaf.balance, leaf.entries, leaf.digest, leaf.last_journal
    FROM unnest(CAST(:places AS bigint[])) AS part (place)
    JOIN proof_leaf AS leaf ON leaf.account_id BETWEEN part.place << {GROUP_BITS}
                                                   AND (part.place << {GROUP_BITS}) + {(1 << GROUP_BITS) - 1}
    JOIN account ON account.id = leaf.account_id
    WHERE leaf.unit = :unit ORDER BY leaf.account_id
""")  # noqa: S608
_LEAF = sa.text("""
    SELECT leaf.unit, leaf.account_id, account.owner, leaf.balance, leaf.entries, leaf.digest, leaf.last_journal
    FROM proof_leaf AS leaf JOIN account ON account.id = leaf.account_id WHERE leaf.account_id = :account_id
""")


def posting_lines_of(which: str) -> str:
    """Rows (account_id, journal_id, seq, amount, line) of all entries of the accounts that the condition names."""
    return f"""
        SELECT entry.account_id, entry.journal_id, entry.seq, entry.amount, {_POSTING_LINE} AS line
        FROM account JOIN entry ON entry.account_id = account.id
        JOIN LATERAL (SELECT {_FACT} FROM journal WHERE id = entry.journal_id) AS fact ON true WHERE {which}
    """  # noqa: S608


_POSTINGS = sa.text(f"""
    SELECT line FROM ({posting_lines_of("account.id = :account_id")}) AS posting
    WHERE journal_id <= :upto ORDER BY journal_id, seq
""")  # noqa: S608


class Progress(NamedTuple):
    """All entries up to ``upto_block`` are in the leaves; ``in_others`` is what they gave to all other accounts."""

    upto_block: int
    in_others: int


def progress_of_leaves(work: Work) -> dict[str, Progress]:
    """By unit; the block is the same in all."""
    return {row.unit: Progress(row.upto_block, row.in_others) for row in work.execute(_PROGRESS)}


def grow_leaves(work: Work, block: int, first_journal: int, last_journal: int) -> None:
    """By all entries of the block behind the last one."""
    work.execute(_AS_A_BATCH)
    work.execute(_GROW, {"block": block, "first": first_journal, "last": last_journal, "start": START})


def groups_of_leaves(work: Work, unit: str, places: Iterable[int]) -> Iterator[tuple[int, list[Leaf]]]:
    """(place of level 1, its leaves by account id), in order."""
    rows = work.execute(_LEAVES, {"unit": unit, "places": list(places)})
    for place, group in groupby(map(_leaf, rows), key=lambda one: one.account_id >> GROUP_BITS):
        yield place, list(group)


def find_leaf(work: Work, account_id: int) -> Leaf | None:
    row = work.execute(_LEAF, {"account_id": account_id}).one_or_none()
    return _leaf(row) if row else None


def sum_of_leaves(work: Work, unit: str) -> int:
    return int(work.execute(_SUM, {"unit": unit}).scalar_one())


def posting_lines(work: Work, account_id: int, upto_journal: int) -> list[str]:
    """The canonical lines of a wallet's entries, in the order in which its digest takes them."""
    return list(work.execute(_POSTINGS, {"account_id": account_id, "upto": upto_journal}).scalars())


def _leaf(row: Any) -> Leaf:
    unit, account_id, member_id, balance, entries, digest, last_journal = row
    return Leaf(unit, account_id, member_id, balance, entries, bytes(digest), last_journal)
