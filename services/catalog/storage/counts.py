"""Stock counts and their lines. A status changes only by ``change``, of a locked one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.catalog.domain.counts import COUNT, CountLine
from services.chassis.data.work import Work

_COLUMNS = """count_id, place_id, status, reason, opened_by, opened_at, submitted_by, approved_by, changed_at,
    changed_because"""
_OPEN = sa.text("""
    INSERT INTO stock_count (count_id, place_id, status, reason, opened_by, opened_at, changed_at, changed_because)
    VALUES (:count_id, :place_id, :status, :reason, :actor, :now, :now, :reason)
""")
_SNAPSHOT = sa.text("""
    INSERT INTO stock_count_line (count_id, element_id, at_start)
    SELECT :count_id, element_id, on_hand FROM stock_level JOIN element USING (element_id)
    WHERE place_id = :place_id AND delivery = 'parcel'
      AND (CAST(:ids AS text[]) = '{}' OR element_id = ANY(CAST(:ids AS text[])))
    RETURNING element_id
""")
_FIND = sa.text(f"SELECT {_COLUMNS} FROM stock_count WHERE count_id = :count_id")  # noqa: S608
_LIST = sa.text(f"""
    SELECT {_COLUMNS} FROM stock_count WHERE (CAST(:status AS text) IS NULL OR status = :status)
    ORDER BY opened_at DESC, count_id DESC LIMIT :limit
""")  # noqa: S608 — the inserted text is a constant
_LINES_OF = sa.text("""
    SELECT count_id, element_id, at_start, expected, counted, counted_by FROM stock_count_line
    WHERE count_id = ANY(CAST(:ids AS text[])) ORDER BY count_id, element_id
""")
_RECORD = sa.text("""
    UPDATE stock_count_line AS line
    SET expected = on_hand, counted = :counted, counted_by = :actor, counted_at = :now
    FROM stock_count JOIN stock_level USING (place_id)
    WHERE line.count_id = :count_id AND line.element_id = :element_id
      AND stock_count.count_id = line.count_id AND stock_level.element_id = line.element_id
""")
_CHANGE = sa.text("""
    UPDATE stock_count SET status = :after, changed_at = :now, changed_because = :because,
        submitted_by = coalesce(submitted_by, :submitted_by), approved_by = :approved_by
    WHERE count_id = :count_id AND status = :before
""")


@dataclass(frozen=True)
class StockCount:
    """As it was read; only a locked one stays so."""

    count_id: str
    place_id: str
    status: str
    submitted_by: str | None
    lines: Sequence[CountLine]


def open_count(work: Work, count_id: str, place_id: str, reason: str, element_ids: Sequence[str]) -> list[str]:
    """The elements that are to be counted: of ``element_ids``, or of all, those that are carried and known there."""
    row = {"count_id": count_id, "place_id": place_id}
    told = {"status": COUNT.initial, "reason": reason, "actor": work.context.actor, "now": work.now}
    work.execute(_OPEN, {**row, **told})
    return list(work.execute(_SNAPSHOT, {**row, "ids": list(element_ids)}).scalars())


def read_count(work: Work, count_id: str) -> StockCount:
    shown = show_count(work, count_id)
    lines = [CountLine(**{k: v for k, v in line.items() if k != "difference"}) for line in shown["lines"]]
    return StockCount(count_id, shown["place_id"], shown["status"], shown["submitted_by"], lines)


def show_count(work: Work, count_id: str) -> dict[str, Any]:
    """The contract's StockCount, of one that there is."""
    return _with_lines(work, work.execute(_FIND, {"count_id": count_id}).mappings().all())[0]


def list_counts(work: Work, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    asked = {name: request[name] for name in ("status", "limit")}
    return _with_lines(work, work.execute(_LIST, asked).mappings().all())


def record(work: Work, count_id: str, element_id: str, counted: int) -> None:
    """Against the level as it is now, which is locked."""
    who = {"actor": work.context.actor, "now": work.now}
    work.execute(_RECORD, {"count_id": count_id, "element_id": element_id, "counted": counted, **who})


def change(work: Work, count: StockCount, event: str, because: str) -> None:
    values = {"before": count.status, "after": COUNT.next(count.status, event), "because": because, "now": work.now}
    submits, approves = event in ("submit", "post"), event == "approve"
    actor = work.context.actor
    who = {"submitted_by": actor if submits else None, "approved_by": actor if approves else None}
    if work.execute(_CHANGE, {"count_id": count.count_id, **values, **who}).rowcount != 1:
        raise RuntimeError(f"{count.count_id} changed under its lock")


def _with_lines(work: Work, rows: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {row["count_id"]: {**row, "lines": []} for row in rows}
    for row in work.execute(_LINES_OF, {"ids": list(found)}).mappings():
        line = {name: value for name, value in row.items() if name != "count_id"}
        found[row["count_id"]]["lines"].append({**line, "difference": CountLine(**line).difference})
    return list(found.values())
