"""The pools of codes of the elements that are delivered by code."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.catalog.contract import CODE
from services.catalog.domain.composition import WantedPart
from services.catalog.storage.locks import free_codes_nobody_else_takes
from services.catalog.storage.tables import code, element
from services.chassis.data.work import Work

_ADD = sa.text("INSERT INTO code (element_id, code) SELECT :element_id, unnest(CAST(:codes AS text[]))")
_AT_ONCE = 50_000


class CodesRunOut(RuntimeError):
    """Fewer free codes than the stock level promised: a fault, nothing of the order is committed."""


def add_codes(work: Work, element_id: str, codes: Sequence[str]) -> None:
    for start in range(0, len(codes), _AT_ONCE):
        work.execute(_ADD, {"element_id": element_id, "codes": list(codes[start : start + _AT_ONCE])})


def issue_codes(work: Work, order_id: str, part: WantedPart, valid_until: date | None) -> None:
    """Mark a free code for each of the part's units as issued to the order and its SKU, for ever."""
    statement = (
        sa.update(code)
        .where(code.c.id.in_(free_codes_nobody_else_takes(part.element_id, part.units)))
        .values(state="issued", order_id=order_id, sku_id=part.sku_id, issued_at=work.now, valid_until=valid_until)
    )
    if work.execute(statement).rowcount != part.units:
        raise CodesRunOut(f"{part.element_id}: {part.units} codes were wanted")


def codes_of(work: Work, order_id: str) -> list[dict[str, Any]]:
    """[{sku_id, element_id, code, valid_until: ISO date | None}], by SKU and element, in the order of issue."""
    columns = code.c.sku_id, code.c.element_id, code.c.code, code.c.valid_until
    statement = sa.select(*columns).where(code.c.order_id == order_id)
    rows = work.execute(statement.order_by(code.c.sku_id, code.c.element_id, code.c.id)).mappings()
    return [{**row, "valid_until": row["valid_until"] and row["valid_until"].isoformat()} for row in rows]


def code_elements_among(work: Work, element_ids: Sequence[str]) -> Mapping[str, int | None]:
    """Of these elements the ones delivered by code, each with the days its codes are valid (None: without end)."""
    columns = element.c.element_id, element.c.codes_valid_days
    statement = sa.select(*columns).where(element.c.element_id.in_(element_ids), element.c.delivery == CODE)
    return {row.element_id: row.codes_valid_days for row in work.execute(statement)}
