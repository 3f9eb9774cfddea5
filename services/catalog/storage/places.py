"""Places as rows, every change of one with who made it and why; and where cities are."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.catalog.contract import WAREHOUSE
from services.catalog.storage.tables import locality, place, place_change
from services.chassis.data.work import Work

OPEN = "open"
TOLD = ("kind", "name_zh", "name_en", "province", "city", "latitude_e6", "longitude_e6", "priority", "state")
_CHANGED = sa.and_(place_change.c.place_id == place.c.place_id, place_change.c.version == place.c.version)
_PLACES = (
    sa.select(
        *(place.c[name] for name in ("place_id", *TOLD, "version")),
        place_change.c.actor.label("changed_by"),
        place_change.c.changed_at,
        place_change.c.reason,
    )
    .join(place_change, _CHANGED)
    .order_by(place.c.priority, place.c.place_id)
)
_RECEIVING = (
    sa.select(place.c.place_id)
    .where(place.c.kind == WAREHOUSE)
    .order_by(place.c.state != OPEN, place.c.priority, place.c.place_id)
    .limit(1)
)


def receiving_warehouse(work: Work) -> str:
    """Where goods arrive that nobody sends elsewhere: the open warehouse that is used first."""
    return work.execute(_RECEIVING).scalar_one()


def list_places(work: Work, kind: str | None = None) -> list[dict[str, Any]]:
    """The contract's Place, in the order of use."""
    statement = _PLACES.where(place.c.kind == kind) if kind else _PLACES
    return [dict(row) for row in work.execute(statement).mappings()]


def find_place(work: Work, place_id: str) -> dict[str, Any] | None:
    row = work.execute(_PLACES.where(place.c.place_id == place_id)).mappings().one_or_none()
    return dict(row) if row else None


def places_named(work: Work, place_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By place: {place_id, name_zh, name_en, province, city}"""
    columns = [place.c[name] for name in ("place_id", "name_zh", "name_en", "province", "city")]
    rows = work.execute(sa.select(*columns).where(place.c.place_id.in_(place_ids))).mappings()
    return {row["place_id"]: dict(row) for row in rows}


def kinds_of(work: Work, place_ids: Sequence[str]) -> dict[str, str]:
    statement = sa.select(place.c.place_id, place.c.kind).where(place.c.place_id.in_(place_ids))
    return {row.place_id: row.kind for row in work.execute(statement)}


def tell_place(work: Work, place_id: str, told: Mapping[str, Any], reason: str) -> bool:
    """False if the place was told the same before. Of concurrent callers one comes after the other."""
    row = {name: told[name] for name in TOLD}
    opened = insert(place).values(place_id=place_id, version=1, **row).on_conflict_do_nothing()
    version = 1
    if not work.execute(opened).rowcount:
        differs = sa.or_(*(place.c[name].is_distinct_from(value) for name, value in row.items()))
        change = sa.update(place).where(place.c.place_id == place_id, differs)
        changed = work.execute(change.values(version=place.c.version + 1, **row).returning(place.c.version))
        version = changed.scalar_one_or_none() or 0
    if version:
        record = {"place_id": place_id, "version": version, "told": row, "reason": reason}
        work.execute(place_change.insert(), {**record, "actor": work.context.actor, "changed_at": work.now})
    return bool(version)


def save_localities(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """The last of two rows of one city counts."""
    upsert = insert(locality)
    changed = {name: upsert.excluded[name] for name in ("latitude_e6", "longitude_e6")}
    by_city = {(row["province"], row["city"]): dict(row) for row in rows}
    if by_city:
        told = [row for _, row in sorted(by_city.items())]
        work.execute(upsert.on_conflict_do_update(index_elements=["province", "city"], set_=changed), told)
