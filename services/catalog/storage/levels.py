"""Stock counters. ``reserved`` moves by reservations; ``on_hand`` moves only together with a movement row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.catalog.domain.allocation import Portion
from services.catalog.storage.tables import movement, stock_level, warehouse
from services.chassis.data.work import Work


class StockMovedAway(RuntimeError):
    """A counter did not have what its lock had shown: a programming fault, the transaction must roll back."""


@dataclass(frozen=True)
class Cause:
    """Why units come or go: ``kind`` is the movement's type, ``sign`` its direction; no ``actor``: the work's own."""

    kind: str
    sign: int
    reason: str
    order_id: str | None = None
    actor: str | None = None
    from_reserved: bool = False


def open_levels(work: Work, element_ids: Sequence[str], warehouse_id: str) -> set[str]:
    """The elements that had no level in this warehouse before; of concurrent callers one gets each."""
    rows = [{"element_id": e, "warehouse_id": warehouse_id, "on_hand": 0, "reserved": 0} for e in sorted(element_ids)]
    statement = insert(stock_level).on_conflict_do_nothing().returning(stock_level.c.element_id)
    return set(work.execute(statement, rows).scalars()) if rows else set()


def level_of(work: Work, element_id: str) -> dict[str, int] | None:
    """{on_hand, reserved} over all warehouses; None if the element is unknown."""
    columns = (sa.func.sum(stock_level.c[name]).label(name) for name in ("on_hand", "reserved"))
    row = work.execute(sa.select(*columns).where(stock_level.c.element_id == element_id)).one()
    return None if row.on_hand is None else {"on_hand": int(row.on_hand), "reserved": int(row.reserved)}


def receiving_warehouse(work: Work) -> str:
    """Where goods arrive: the warehouse that is used first."""
    return work.execute(sa.select(warehouse.c.warehouse_id).order_by(warehouse.c.priority).limit(1)).scalar_one()


def reserve_units(work: Work, portions: Sequence[Portion]) -> None:
    portion = _portions(portions)
    change = {"reserved": stock_level.c.reserved + portion.c.quantity}
    enough = stock_level.c.on_hand - stock_level.c.reserved >= portion.c.quantity
    _update(work, portion, change, enough, len(portions))


def unreserve_units(work: Work, portions: Sequence[Portion]) -> None:
    portion = _portions(portions)
    change = {"reserved": stock_level.c.reserved - portion.c.quantity}
    _update(work, portion, change, stock_level.c.reserved >= portion.c.quantity, len(portions))


def move_units(work: Work, portions: Sequence[Portion], cause: Cause) -> None:
    """The only writer of ``on_hand``: the counter and its movement, together."""
    if not portions:
        return
    portion = _portions(portions)
    change = {"on_hand": stock_level.c.on_hand + cause.sign * portion.c.quantity}
    if cause.from_reserved:
        change["reserved"] = stock_level.c.reserved - portion.c.quantity
    _update(work, portion, change, sa.true(), len(portions))
    work.execute(movement.insert(), [_movement(work, portion, cause) for portion in portions])


def _movement(work: Work, portion: Portion, cause: Cause) -> dict:
    return {
        "kind": cause.kind,
        "element_id": portion.element_id,
        "warehouse_id": portion.warehouse_id,
        "quantity": cause.sign * portion.quantity,
        "order_id": cause.order_id,
        "reason": cause.reason,
        "actor": cause.actor or work.context.actor,
        "moved_at": work.now,
    }


def _portions(portions: Sequence[Portion]) -> sa.Subquery:
    columns = zip(*((p.element_id, p.warehouse_id, p.quantity) for p in portions), strict=True)
    types: tuple[Any, ...] = (sa.Text, sa.Text, sa.BigInteger)
    arrays = [sa.literal(list(values), sa.ARRAY(kind)) for values, kind in zip(columns, types, strict=True)]
    table = sa.func.unnest(*arrays).table_valued("element_id", "warehouse_id", sa.column("quantity", sa.BigInteger))
    return table.render_derived(name="portion")  # type: ignore[return-value]


def _update(work: Work, portion: sa.Subquery, change: dict, allowed: sa.ColumnElement[bool], rows: int) -> None:
    statement = (
        sa.update(stock_level)
        .where(
            stock_level.c.element_id == portion.c.element_id,
            stock_level.c.warehouse_id == portion.c.warehouse_id,
            allowed,
        )
        .values(change)
    )
    if work.execute(statement).rowcount != rows:
        raise StockMovedAway(f"{rows} levels should have moved")
