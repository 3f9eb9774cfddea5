"""Write-offs as rows. A status changes only by ``change``, of a locked one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.catalog.domain.write_offs import WRITE_OFF
from services.chassis.data.work import Work
from services.chassis.persons import is_same_person

_COLUMNS = """write_off_id, element_id, place_id, quantity, cause, status, reason, asked_by, asked_at, decided_by,
    changed_at, changed_because"""
_WRITE = sa.text("""
    INSERT INTO write_off (write_off_id, element_id, place_id, quantity, cause, status, reason, asked_by, asked_at,
                           changed_at, changed_because)
    VALUES (:write_off_id, :element_id, :place_id, :quantity, :cause, :status, :reason, :actor, :now, :now, :reason)
""")
_FIND = sa.text(f"SELECT {_COLUMNS} FROM write_off WHERE write_off_id = :write_off_id")  # noqa: S608
_LIST = sa.text(f"""
    SELECT {_COLUMNS} FROM write_off
    WHERE (CAST(:status AS text) IS NULL OR status = :status)
      AND (CAST(:place_id AS text) IS NULL OR place_id = :place_id)
    ORDER BY asked_at DESC, write_off_id DESC LIMIT :limit
""")  # noqa: S608 — the inserted text is a constant
_CHANGE = sa.text("""
    UPDATE write_off SET status = :after, decided_by = :decided_by, changed_at = :now, changed_because = :because
    WHERE write_off_id = :write_off_id AND status = :before
""")
_ALONE = sa.text("""
    SELECT asked_by, sum(quantity)::bigint AS units FROM write_off
    WHERE element_id = :element_id AND place_id = :place_id AND asked_at > :since
      AND status = 'posted' AND decided_by IS NULL
    GROUP BY asked_by
""")


def write(work: Work, row: Mapping[str, Any]) -> None:
    """``row``: write_off_id, element_id, place_id, quantity, cause, reason; nobody has decided it yet."""
    told = {"status": WRITE_OFF.initial, "actor": work.context.actor, "now": work.now}
    work.execute(_WRITE, {**row, **told})


def show_write_off(work: Work, write_off_id: str) -> dict[str, Any]:
    """The contract's WriteOff, of one that there is."""
    return dict(work.execute(_FIND, {"write_off_id": write_off_id}).mappings().one())


def list_write_offs(work: Work, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    asked = {name: request[name] for name in ("status", "place_id", "limit")}
    return [dict(row) for row in work.execute(_LIST, asked).mappings()]


def change(work: Work, write_off: Mapping[str, Any], event: str, because: str, decided_by: str | None) -> None:
    told = {"before": write_off["status"], "after": WRITE_OFF.next(write_off["status"], event), "because": because}
    which = {"write_off_id": write_off["write_off_id"], "decided_by": decided_by, "now": work.now}
    if work.execute(_CHANGE, {**told, **which}).rowcount != 1:
        raise RuntimeError(f"{write_off['write_off_id']} changed under its lock")


def units_alone(work: Work, element_id: str, place_id: str, within: timedelta) -> int:
    """What the actor, through whatever door, has written off there alone; the level is locked."""
    asked = {"element_id": element_id, "place_id": place_id, "since": work.now - within}
    rows = work.execute(_ALONE, asked)
    return sum(row.units for row in rows if is_same_person(row.asked_by, work.context.actor))
