"""Consignments and their lines. A status changes only by ``change``, of a locked one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.catalog.domain.consignments import MACHINES, Line
from services.chassis.data.work import Work

_COLUMNS = """consignment_id, kind, status, from_place, to_place, reason, opened_by, opened_at, changed_by, changed_at,
    changed_because"""
_OPEN = sa.text("""
    INSERT INTO consignment (consignment_id, kind, status, from_place, to_place, reason, opened_by, opened_at,
                             changed_by, changed_at, changed_because, version)
    VALUES (:consignment_id, :kind, :status, :from_place, :to_place, :reason, :actor, :now, :actor, :now, :reason, 1)
""")
_LINES = sa.text("""
    INSERT INTO consignment_line (consignment_id, element_id, quantity)
    SELECT :consignment_id, * FROM unnest(CAST(:element_ids AS text[]), CAST(:units AS bigint[]))
""")
_FIND = sa.text(f"SELECT {_COLUMNS} FROM consignment WHERE consignment_id = :consignment_id")  # noqa: S608
_LIST = sa.text(f"""
    SELECT {_COLUMNS} FROM consignment
    WHERE (CAST(:status AS text) IS NULL OR status = :status)
      AND (CAST(:place_id AS text) IS NULL OR :place_id IN (from_place, to_place))
    ORDER BY opened_at DESC, consignment_id DESC LIMIT :limit
""")  # noqa: S608 — the inserted text is a constant
_LINES_OF = sa.text("""
    SELECT consignment_id, element_id, quantity, arrived, lost FROM consignment_line
    WHERE consignment_id = ANY(CAST(:ids AS text[])) ORDER BY consignment_id, element_id
""")
_CHANGE = sa.text("""
    UPDATE consignment SET status = :after, version = version + 1, changed_by = :actor, changed_at = :now,
                           changed_because = :because
    WHERE consignment_id = :consignment_id AND status = :before
""")
_COUNT = sa.text("""
    UPDATE consignment_line SET arrived = arrived + :arrived, lost = lost + :lost
    WHERE consignment_id = :consignment_id AND element_id = :element_id
""")
_CARRIED = sa.text("""
    SELECT element_id, delivery = 'parcel' AS carried FROM element WHERE element_id = ANY(CAST(:ids AS text[]))
""")


@dataclass(frozen=True)
class Consignment:
    """As it was read; only a locked one stays so."""

    consignment_id: str
    kind: str
    status: str
    from_place: str | None
    to_place: str
    lines: Sequence[Line]

    def allows(self, event: str) -> bool:
        return MACHINES[self.kind].allows(self.status, event)


def write_consignment(work: Work, row: Mapping[str, Any], lines: Sequence[Line]) -> None:
    """``row``: consignment_id, kind, status, from_place, to_place, reason."""
    work.execute(_OPEN, {**row, "actor": work.context.actor, "now": work.now})
    columns = {"element_ids": [line.element_id for line in lines], "units": [line.quantity for line in lines]}
    work.execute(_LINES, {"consignment_id": row["consignment_id"], **columns})


def read_consignment(work: Work, consignment_id: str) -> Consignment:
    shown = show_consignment(work, consignment_id)
    known = {name: shown[name] for name in ("consignment_id", "kind", "status", "from_place", "to_place")}
    return Consignment(**known, lines=[Line(**line) for line in shown["lines"]])


def show_consignment(work: Work, consignment_id: str) -> dict[str, Any]:
    """The contract's Consignment, of one that there is."""
    return _with_lines(work, work.execute(_FIND, {"consignment_id": consignment_id}).mappings().all())[0]


def list_consignments(work: Work, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The contract's Consignment, newest first."""
    asked = {name: request[name] for name in ("status", "place_id", "limit")}
    return _with_lines(work, work.execute(_LIST, asked).mappings().all())


def change(work: Work, consignment: Consignment, event: str, because: str) -> None:
    values = {"before": consignment.status, "after": MACHINES[consignment.kind].next(consignment.status, event)}
    who = {"consignment_id": consignment.consignment_id, "actor": work.context.actor, "now": work.now}
    if work.execute(_CHANGE, {**values, **who, "because": because}).rowcount != 1:
        raise RuntimeError(f"{consignment.consignment_id} changed under its lock")


def count_arrival(work: Work, consignment_id: str, arrived: Mapping[str, int], lost: Mapping[str, int]) -> None:
    for element_id in sorted({*arrived, *lost}):
        units = {"arrived": arrived.get(element_id, 0), "lost": lost.get(element_id, 0)}
        work.execute(_COUNT, {"consignment_id": consignment_id, "element_id": element_id, **units})


def carried_among(work: Work, element_ids: Sequence[str]) -> dict[str, bool]:
    """Of those that exist, whether they are carried."""
    return {row.element_id: row.carried for row in work.execute(_CARRIED, {"ids": list(element_ids)})}


def _with_lines(work: Work, rows: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {row["consignment_id"]: {**row, "lines": []} for row in rows}
    for line in work.execute(_LINES_OF, {"ids": list(found)}).mappings():
        kept = {name: line[name] for name in ("element_id", "quantity", "arrived", "lost")}
        found[line["consignment_id"]]["lines"].append(kept)
    return list(found.values())
