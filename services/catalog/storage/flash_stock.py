"""Units that are kept for flash sales: reserved in their places, for no order yet."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.catalog.domain.parcels import Portion
from services.catalog.storage.levels import reserve_units, unreserve_units
from services.catalog.storage.tables import flash_set_aside
from services.chassis.data.work import Work

_KEPT = sa.text("""
    SELECT element_id, place_id, kept.quantity
    FROM flash_set_aside kept JOIN place USING (place_id)
    WHERE sale_id = :sale_id AND kept.quantity > 0 ORDER BY element_id, priority, place_id
""")
_new = insert(flash_set_aside)
_ADD = _new.on_conflict_do_update(
    index_elements=["sale_id", "element_id", "place_id"],
    set_={"quantity": flash_set_aside.c.quantity + _new.excluded.quantity},
)
_LESS = sa.text("""
    UPDATE flash_set_aside kept SET quantity = kept.quantity - told.quantity
    FROM unnest(:element_ids, :place_ids, :quantities) AS told (element_id, place_id, quantity)
    WHERE sale_id = :sale_id AND kept.element_id = told.element_id AND kept.place_id = told.place_id
""")


def kept_for(work: Work, sale_id: str) -> list[Portion]:
    """Where its units lie, by element, in the order of use. Whoever moves them has locked their levels."""
    return [Portion(**row) for row in work.execute(_KEPT, {"sale_id": sale_id}).mappings()]


def keep_units(work: Work, sale_id: str, portions: Iterable[Portion]) -> None:
    """Free units become the sale's. The caller has locked their levels."""
    if told := sorted(portions):
        reserve_units(work, told)
        work.execute(_ADD, [{"sale_id": sale_id, **vars(portion)} for portion in told])


def let_go_units(work: Work, sale_id: str, portions: Sequence[Portion]) -> None:
    """Units of the sale become free. The caller has locked their levels."""
    if not portions:
        return
    unreserve_units(work, portions)
    columns = zip(*((p.element_id, p.place_id, p.quantity) for p in portions), strict=True)
    named = zip(("element_ids", "place_ids", "quantities"), map(list, columns), strict=True)
    work.execute(_LESS, {"sale_id": sale_id, **dict(named)})
