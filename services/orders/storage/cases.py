"""Cases after the sale and the pieces that they are about. Every change needs the lock of the order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.domain.aftersale.units import Place, Unit
from services.orders.storage.tables import after_sale_case, after_sale_unit, orders
from services.orders.storage.writes import ChangedMeanwhile

_NUMBERS = sa.ARRAY(sa.Integer)


def insert_case(work: Work, values: Mapping[str, Any], units: Iterable[Unit]) -> sa.Row:
    row = {"opened_by": work.context.actor, "opened_at": work.now, "version": 1, **values}
    new = work.execute(after_sale_case.insert().values(row).returning(after_sale_case)).one()
    add_units(work, new, units)
    return new


def add_units(work: Work, case: sa.Row, units: Iterable[Unit]) -> None:
    of_case = {"case_id": case.case_id, "order_id": case.order_id, "claims": True}
    work.execute(after_sale_unit.insert(), [{**vars(unit), **of_case} for unit in units])


def update_case(work: Work, case: sa.Row, **values: Any) -> sa.Row:
    as_read = (
        after_sale_case.c.case_id == case.case_id,
        after_sale_case.c.status == case.status,
        after_sale_case.c.version == case.version,
    )
    change = sa.update(after_sale_case).where(*as_read).values(version=case.version + 1, **values)
    changed = work.execute(change.returning(after_sale_case)).one_or_none()
    if changed is None:
        raise ChangedMeanwhile(case.case_id)
    return changed


def find_case(work: Work, case_id: str) -> sa.Row | None:
    return work.execute(sa.select(after_sale_case).where(after_sale_case.c.case_id == case_id)).one_or_none()


def cases_of_order(work: Work, order_id: str) -> list[sa.Row]:
    """Oldest first."""
    wanted = sa.select(after_sale_case).where(after_sale_case.c.order_id == order_id)
    return list(work.execute(wanted.order_by(after_sale_case.c.opened_at, after_sale_case.c.case_id)).all())


def case_replaced_by(work: Work, order_id: str) -> sa.Row | None:
    """The case whose goods this order brings once more, if it is such an order."""
    wanted = sa.select(after_sale_case).where(after_sale_case.c.replaced_by == order_id)
    return work.execute(wanted).one_or_none()


def when_replacements_arrived(work: Work, order_id: str) -> list[datetime]:
    """What cases of this order sent instead, as far as it is there."""
    there = sa.select(orders.c.delivered_at).join(after_sale_case, after_sale_case.c.replaced_by == orders.c.order_id)
    of_order = there.where(after_sale_case.c.order_id == order_id, orders.c.delivered_at.is_not(None))
    return list(work.execute(of_order).scalars())


def page_of_cases(work: Work, limit: int, **wanted: Any) -> list[sa.Row]:
    """Newest first; of ``wanted`` columns, those that are not None."""
    said = (after_sale_case.c[name] == value for name, value in wanted.items() if value is not None)
    page = sa.select(after_sale_case).where(*said)
    newest = page.order_by(after_sale_case.c.opened_at.desc(), after_sale_case.c.case_id.desc())
    return list(work.execute(newest.limit(limit)).all())


def units_of(work: Work, case_ids: Sequence[str]) -> dict[str, list[sa.Row]]:
    found: dict[str, list[sa.Row]] = {case_id: [] for case_id in case_ids}
    wanted = sa.select(after_sale_unit).where(after_sale_unit.c.case_id.in_(case_ids))
    for row in work.execute(wanted.order_by(after_sale_unit.c.line_no, after_sale_unit.c.unit_no)):
        found[row.case_id].append(row)
    return found


def places_claimed(work: Work, order_id: str) -> set[Place]:
    columns = after_sale_unit.c.line_no, after_sale_unit.c.unit_no
    claimed = sa.select(*columns).where(after_sale_unit.c.order_id == order_id, after_sale_unit.c.claims)
    return {(row.line_no, row.unit_no) for row in work.execute(claimed)}


def change_units(work: Work, case_id: str, places: Iterable[Place], **values: Any) -> None:
    """One statement of the same length for one piece and for a thousand."""
    line_nos, unit_nos = ([place[axis] for place in sorted(places)] for axis in (0, 1))
    numbers = sa.func.unnest(sa.cast(line_nos, _NUMBERS), sa.cast(unit_nos, _NUMBERS))
    named = numbers.table_valued("line_no", "unit_no").render_derived()
    place = sa.tuple_(after_sale_unit.c.line_no, after_sale_unit.c.unit_no)
    these = (after_sale_unit.c.case_id == case_id, place.in_(sa.select(named.c.line_no, named.c.unit_no)))
    work.execute(sa.update(after_sale_unit).where(*these).values(**values))


def let_go_of_units(work: Work, case_id: str) -> None:
    """Another case may have them; what was given back stays so."""
    not_back = (after_sale_unit.c.case_id == case_id, ~after_sale_unit.c.is_given_back)
    work.execute(sa.update(after_sale_unit).where(*not_back).values(claims=False))
