"""The pool of codes of virtual goods."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.catalog.storage.locks import free_codes_nobody_else_takes
from services.catalog.storage.tables import code, goods, sku
from services.chassis.data.work import Work

_ADD = sa.text("INSERT INTO code (sku_id, code) SELECT :sku_id, unnest(CAST(:codes AS text[]))")
_AT_ONCE = 50_000


class CodesRunOut(RuntimeError):
    """Fewer free codes than the stock level promised: a fault, nothing of the order is committed."""


def add_codes(work: Work, sku_id: str, codes: Sequence[str]) -> None:
    for start in range(0, len(codes), _AT_ONCE):
        work.execute(_ADD, {"sku_id": sku_id, "codes": list(codes[start : start + _AT_ONCE])})


def issue_codes(work: Work, order_id: str, sku_id: str, how_many: int, valid_until: date | None) -> None:
    """Mark ``how_many`` free codes as issued to the order, for ever."""
    statement = (
        sa.update(code)
        .where(code.c.id.in_(free_codes_nobody_else_takes(sku_id, how_many)))
        .values(state="issued", order_id=order_id, issued_at=work.now, valid_until=valid_until)
    )
    if work.execute(statement).rowcount != how_many:
        raise CodesRunOut(f"{sku_id}: {how_many} codes were wanted")


def codes_of(work: Work, order_id: str) -> list[dict[str, Any]]:
    """[{sku_id, code, valid_until: ISO date | None}], in the order of issue."""
    statement = sa.select(code.c.sku_id, code.c.code, code.c.valid_until).where(code.c.order_id == order_id)
    rows = work.execute(statement.order_by(code.c.sku_id, code.c.id)).all()
    return [
        {"sku_id": row.sku_id, "code": row.code, "valid_until": row.valid_until and row.valid_until.isoformat()}
        for row in rows
    ]


def virtual_skus_among(work: Work, sku_ids: Sequence[str]) -> Mapping[str, int | None]:
    """Of these SKUs the virtual ones, each with the days its codes are valid (None: without end)."""
    statement = (
        sa.select(sku.c.sku_id, sku.c.codes_valid_days)
        .join(goods, goods.c.goods_id == sku.c.goods_id)
        .where(sku.c.sku_id.in_(sku_ids), goods.c.kind == "virtual")
    )
    return {row.sku_id: row.codes_valid_days for row in work.execute(statement)}
