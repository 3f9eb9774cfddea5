"""The pools of codes of the elements that are delivered by code."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.catalog.contract import CODE
from services.catalog.domain.composition import WantedPart
from services.catalog.storage.locks import free_codes_nobody_else_takes
from services.catalog.storage.tables import code, element
from services.chassis.clock import local_date
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work

_ADD = sa.text("INSERT INTO code (element_id, code) SELECT :element_id, unnest(CAST(:codes AS text[]))")
_IMPORT = sa.text("""
    INSERT INTO code (element_id, code, expires_on)
    SELECT :element_id, * FROM unnest(CAST(:codes AS text[]), CAST(:days AS date[])) ON CONFLICT DO NOTHING
""")
_AT_ONCE = 50_000
_TEXTS = sa.ARRAY(sa.Text)
_OF_ORDER = Planned(
    "codes_of",
    sa.select(code.c.sku_id, code.c.element_id, element.c.name_zh, element.c.name_en, code.c.code, code.c.valid_until)
    .join(element, element.c.element_id == code.c.element_id)
    .where(code.c.order_id == sa.bindparam("order_id"))
    .order_by(code.c.sku_id, code.c.element_id, code.c.id),
)
_BY_CODE = sa.select(element.c.element_id, element.c.codes_valid_days, element.c.codes_of).where(
    element.c.element_id == sa.any_(sa.bindparam("element_ids", type_=_TEXTS)), element.c.delivery == CODE
)


class CodesRunOut(RuntimeError):
    """Fewer free codes than the stock level promised: a fault, nothing of the order is committed."""


def add_codes(work: Work, element_id: str, codes: Sequence[str]) -> None:
    for start in range(0, len(codes), _AT_ONCE):
        work.execute(_ADD, {"element_id": element_id, "codes": list(codes[start : start + _AT_ONCE])})


def import_codes(work: Work, element_id: str, codes: Sequence[tuple[str, date | None]]) -> int:
    """How many of them came in; the others are known, perhaps since just now."""
    values = {"codes": [number for number, _ in codes], "days": [day for _, day in codes]}
    return work.execute(_IMPORT, {"element_id": element_id, **values}).rowcount


def known_codes(work: Work, codes: Sequence[str]) -> set[str]:
    """Those of ``codes`` that were ever here, of whatever element."""
    return set(
        work.execute(sa.select(code.c.code).where(code.c.code == sa.any_(sa.literal(list(codes), _TEXTS)))).scalars()
    )


def withdraw_codes(work: Work, code_ids: Sequence[int]) -> None:
    """Free codes, which the caller has locked."""
    ids = sa.literal(list(code_ids), sa.ARRAY(sa.BigInteger))
    work.execute(sa.update(code).where(code.c.id == sa.any_(ids)).values(state="withdrawn"))


def maker_of_codes(work: Work, element_id: str) -> str | None:
    """Whose codes the element has; None if it is not delivered by code, or not known."""
    return work.execute(sa.select(element.c.codes_of).where(element.c.element_id == element_id)).scalar_one_or_none()


def elements_with_expired_codes(work: Work, today: date) -> list[str]:
    expired = (code.c.state == "free", code.c.expires_on < today)
    return list(work.execute(sa.select(code.c.element_id).where(*expired).distinct()).scalars())


def issue_codes(work: Work, order_id: str, part: WantedPart, valid_until: date | None) -> None:
    """Mark a free code for each of the part's units as issued to the order and its SKU, for ever. A partner's code is
    good as long as the partner says, at the most."""
    statement = (
        sa.update(code)
        .where(code.c.id.in_(free_codes_nobody_else_takes(part.element_id, part.units, local_date(work.now))))
        .values(state="issued", order_id=order_id, sku_id=part.sku_id, issued_at=work.now)
        .values(valid_until=sa.func.least(code.c.expires_on, sa.literal(valid_until, sa.Date)))
    )
    if work.execute(statement).rowcount != part.units:
        raise CodesRunOut(f"{part.element_id}: {part.units} codes were wanted")


def codes_of(work: Work, order_id: str) -> list[dict[str, Any]]:
    """[{sku_id, element_id, name_zh, name_en, code, valid_until: ISO date | None}], by SKU and element, in the order of
    issue."""
    rows = work.execute(_OF_ORDER, {"order_id": order_id}).mappings()
    return [{**row, "valid_until": row["valid_until"] and row["valid_until"].isoformat()} for row in rows]


def code_elements_among(work: Work, element_ids: Sequence[str]) -> Mapping[str, sa.Row]:
    """Of these elements the ones delivered by code: {codes_valid_days (None: without end), codes_of}."""
    return {row.element_id: row for row in work.execute(_BY_CODE, {"element_ids": list(element_ids)})}
