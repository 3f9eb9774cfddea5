"""Stock counters. ``reserved`` moves by reservations; ``on_hand`` moves by movement rows, in the database itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.catalog.domain.parcels import Portion
from services.catalog.storage.tables import stock_level
from services.chassis.data.database import as_json
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work

_PORTION = """
    FROM unnest(CAST(:elements AS text[]), CAST(:places AS text[]), CAST(:quantities AS bigint[]))
        AS portion (element_id, place_id, quantity)
    WHERE level.element_id = portion.element_id AND level.place_id = portion.place_id
"""
_RESERVE = Planned(
    "reserve_units",
    f"""
    UPDATE stock_level AS level SET reserved = reserved + portion.quantity {_PORTION}
      AND on_hand - reserved >= portion.quantity
    """,  # noqa: S608 — put together of constants
)
_UNRESERVE = Planned(
    "unreserve_units",
    f"""
    UPDATE stock_level AS level SET reserved = reserved - portion.quantity {_PORTION}
      AND reserved >= portion.quantity
    """,  # noqa: S608
)
_MOVED = "kind, element_id, place_id, quantity, order_id, document_id, key, reason, actor, moved_at"
_MOVE = Planned(
    "move_units",
    f"""
    INSERT INTO movement ({_MOVED})
    SELECT {_MOVED} FROM jsonb_populate_recordset(NULL::movement, CAST(:rows AS jsonb))
    """,  # noqa: S608
)


class StockMovedAway(RuntimeError):
    """A counter did not have what its lock had shown: a programming fault, the transaction must roll back."""


@dataclass(frozen=True)
class Cause:
    """Why units come or go: ``kind`` is the movement's type, ``sign`` its direction; ``key`` names the request, so that
    of one request an element moves once a place; no ``actor``: the work's own."""

    kind: str
    sign: int
    reason: str
    key: str
    order_id: str | None = None
    document_id: str | None = None
    actor: str | None = None
    from_reserved: bool = False


def open_levels(work: Work, element_ids: Sequence[str], place_id: str) -> None:
    """So that units may come there; levels that exist stay as they are."""
    rows = [{"element_id": e, "place_id": place_id, "on_hand": 0, "reserved": 0} for e in sorted(set(element_ids))]
    if rows:
        work.execute(insert(stock_level).on_conflict_do_nothing(), rows)


def elements_without_levels(work: Work, element_ids: Sequence[str]) -> list[str]:
    """Of these the ones that never had stock anywhere, sorted."""
    known = sa.select(stock_level.c.element_id).where(stock_level.c.element_id.in_(element_ids)).distinct()
    return sorted(set(element_ids) - set(work.execute(known).scalars()))


def level_of(work: Work, element_id: str) -> dict[str, int] | None:
    """{on_hand, reserved} over all places; None if the element is unknown."""
    columns = (sa.func.sum(stock_level.c[name]).label(name) for name in ("on_hand", "reserved"))
    row = work.execute(sa.select(*columns).where(stock_level.c.element_id == element_id)).one()
    return None if row.on_hand is None else {"on_hand": int(row.on_hand), "reserved": int(row.reserved)}


def free_units(work: Work, element_ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """By place and element, as of now: nothing is locked."""
    free = (stock_level.c.on_hand - stock_level.c.reserved).label("free")
    wanted = sa.select(stock_level.c.place_id, stock_level.c.element_id, free).where(
        stock_level.c.element_id.in_(element_ids)
    )
    return {(row.place_id, row.element_id): row.free for row in work.execute(wanted)}


def reserve_units(work: Work, portions: Sequence[Portion]) -> None:
    _change(work, _RESERVE, portions)


def unreserve_units(work: Work, portions: Sequence[Portion]) -> None:
    _change(work, _UNRESERVE, portions)


def move_units(work: Work, portions: Sequence[Portion], cause: Cause) -> None:
    """Write movements, which move ``on_hand``. Their levels exist, and whoever takes units has locked them."""
    if not portions:
        return
    if cause.from_reserved:
        unreserve_units(work, portions)
    rows = [_movement(work, portion, cause) for portion in portions]
    work.leave(_MOVE, {"rows": as_json(rows)})


def _movement(work: Work, portion: Portion, cause: Cause) -> dict:
    return {
        "kind": cause.kind,
        "element_id": portion.element_id,
        "place_id": portion.place_id,
        "quantity": cause.sign * portion.quantity,
        "order_id": cause.order_id,
        "document_id": cause.document_id,
        "key": cause.key,
        "reason": cause.reason,
        "actor": cause.actor or work.context.actor,
        "moved_at": work.now,
    }


def _change(work: Work, statement: Planned, portions: Sequence[Portion]) -> None:
    columns = {
        "elements": [portion.element_id for portion in portions],
        "places": [portion.place_id for portion in portions],
        "quantities": [portion.quantity for portion in portions],
    }
    if work.execute(statement, columns).rowcount != len(portions):
        raise StockMovedAway(f"{len(portions)} levels should have moved")
