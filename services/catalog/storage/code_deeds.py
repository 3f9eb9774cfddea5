"""What was done with codes after their issue: append-only."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.catalog.domain.code_life import Deed
from services.catalog.storage.tables import code_deed
from services.chassis.data.work import Work

_COLUMNS = [code_deed.c[name] for name in Deed.__dataclass_fields__]
_LAST = (
    sa.select(code_deed.c.code_id, *_COLUMNS)
    .where(code_deed.c.code_id == sa.any_(sa.bindparam("code_ids", type_=sa.ARRAY(sa.BigInteger))))
    .distinct(code_deed.c.code_id)
    .order_by(code_deed.c.code_id, code_deed.c.version.desc())
)
_OF_MERCHANT = sa.text("""
    SELECT d.no, d.what, right(c.code, 4) AS code_tail, c.element_id, c.sku_id, e.name_zh, e.name_en,
           upper(right(c.order_id, 8)) AS order_no, d.key_id, d.actor, d.reason, d.done_at
    FROM code_deed d JOIN code c ON c.id = d.code_id JOIN element e USING (element_id)
    WHERE d.merchant_id = :merchant_id AND (CAST(:before AS bigint) IS NULL OR d.no < :before)
    ORDER BY d.no DESC LIMIT :limit
""")


def last_deeds(work: Work, code_ids: Sequence[int]) -> dict[int, Deed]:
    """By code, of those with which anything was done."""
    rows = work.execute(_LAST, {"code_ids": list(code_ids)}).mappings()
    return {row["code_id"]: Deed(**{name: row[name] for name in Deed.__dataclass_fields__}) for row in rows}


def add_deed(work: Work, code_id: int, deed: Deed, merchant_id: str | None, reason: str) -> int:
    """Its number. The code is locked."""
    row = {"code_id": code_id, **vars(deed), "merchant_id": merchant_id, "reason": reason}
    return int(work.execute(code_deed.insert().returning(code_deed.c.no), row).scalar_one())


def deeds_of_merchant(work: Work, page: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The contract's Verifications, newest first."""
    return [dict(row) for row in work.execute(_OF_MERCHANT, dict(page)).mappings()]
