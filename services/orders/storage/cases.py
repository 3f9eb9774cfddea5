"""Cases after the sale and the pieces that they are about. Every change needs the lock of the order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.orders.domain.aftersale.units import Place, Unit
from services.orders.storage.tables import after_sale_case, after_sale_unit, orders
from services.orders.storage.writes import ChangedMeanwhile

_CASE, _UNIT = after_sale_case.c, after_sale_unit.c
_OF_ORDER: sa.BindParameter[str] = sa.bindparam("order_id")
_FIND = sa.select(after_sale_case).where(_CASE.case_id == sa.bindparam("case_id"))
_CASES_OF_ORDER = sa.select(after_sale_case).where(_CASE.order_id == _OF_ORDER).order_by(_CASE.opened_at, _CASE.case_id)
_REPLACED_BY = sa.select(after_sale_case).where(_CASE.replaced_by == _OF_ORDER)
_ARRIVED_INSTEAD = (
    sa.select(orders.c.delivered_at)
    .join(after_sale_case, _CASE.replaced_by == orders.c.order_id)
    .where(_CASE.order_id == _OF_ORDER, orders.c.delivered_at.is_not(None))
)
_UNITS_OF_CASES = (
    sa.select(after_sale_unit)
    .where(_UNIT.case_id == sa.any_(sa.bindparam("case_ids", type_=sa.ARRAY(sa.Text))))
    .order_by(_UNIT.line_no, _UNIT.unit_no)
)
_CLAIMED = sa.select(_UNIT.line_no, _UNIT.unit_no).where(_UNIT.order_id == _OF_ORDER, _UNIT.claims)
_ADD_UNITS = Planned(
    "add_units_to_case",
    """
    INSERT INTO after_sale_unit (case_id, order_id, claims, line_no, unit_no, points, coins, cash_fen)
    SELECT CAST(:case_id AS text), CAST(:order_id AS text), true, piece.*
    FROM unnest(CAST(:line_no AS integer[]), CAST(:unit_no AS integer[]),
                CAST(:points AS bigint[]), CAST(:coins AS bigint[]), CAST(:cash_fen AS bigint[])) AS piece
    """,
)
_LET_GO = Planned(
    "let_go_of_units", "UPDATE after_sale_unit SET claims = false WHERE case_id = :case_id AND NOT is_given_back"
)


def insert_case(work: Work, values: Mapping[str, Any], units: Sequence[Unit]) -> sa.Row:
    row = {"opened_by": work.context.actor, "opened_at": work.now, "version": 1, **values}
    new = work.execute(_insert_of(frozenset(row)), row).one()
    add_units(work, new, units)
    return new


@cache
def _insert_of(names: frozenset[str]) -> Any:
    """A statement for each set of columns that a case begins with: there are few of them."""
    return after_sale_case.insert().values({name: sa.bindparam(name) for name in names}).returning(after_sale_case)


def add_units(work: Work, case: sa.Row, units: Sequence[Unit]) -> None:
    columns = {name: [getattr(unit, name) for unit in units] for name in Unit.__dataclass_fields__}
    work.leave(_ADD_UNITS, {"case_id": case.case_id, "order_id": case.order_id, **columns})


def update_case(work: Work, case: sa.Row, **values: Any) -> sa.Row:
    as_read = {"its_id": case.case_id, "was_status": case.status, "was_version": case.version}
    changed = work.execute(_change_of(frozenset(values)), {**as_read, **values}).one_or_none()
    if changed is None:
        raise ChangedMeanwhile(case.case_id)
    return changed


@cache
def _change_of(names: frozenset[str]) -> Any:
    """As ``_insert_of``."""
    is_as_read = (
        _CASE.case_id == sa.bindparam("its_id"),
        _CASE.status == sa.bindparam("was_status"),
        _CASE.version == sa.bindparam("was_version"),
    )
    values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
    change = sa.update(after_sale_case).where(*is_as_read).values(version=_CASE.version + 1, **values)
    return change.returning(after_sale_case)


def find_case(work: Work, case_id: str) -> sa.Row | None:
    return work.execute(_FIND, {"case_id": case_id}).one_or_none()


def cases_of_order(work: Work, order_id: str) -> list[sa.Row]:
    """Oldest first."""
    return list(work.execute(_CASES_OF_ORDER, {"order_id": order_id}).all())


def case_replaced_by(work: Work, order_id: str) -> sa.Row | None:
    """The case whose goods this order brings once more, if it is such an order."""
    return work.execute(_REPLACED_BY, {"order_id": order_id}).one_or_none()


def when_replacements_arrived(work: Work, order_id: str) -> list[datetime]:
    """What cases of this order sent instead, as far as it is there."""
    return list(work.execute(_ARRIVED_INSTEAD, {"order_id": order_id}).scalars())


def page_of_cases(work: Work, limit: int, **wanted: Any) -> list[sa.Row]:
    """Newest first; of ``wanted`` columns, those that are not None."""
    said = (after_sale_case.c[name] == value for name, value in wanted.items() if value is not None)
    page = sa.select(after_sale_case).where(*said)
    newest = page.order_by(after_sale_case.c.opened_at.desc(), after_sale_case.c.case_id.desc())
    return list(work.execute(newest.limit(limit)).all())


def units_of(work: Work, case_ids: Sequence[str]) -> dict[str, list[sa.Row]]:
    found: dict[str, list[sa.Row]] = {case_id: [] for case_id in case_ids}
    for row in work.execute(_UNITS_OF_CASES, {"case_ids": list(case_ids)}):
        found[row.case_id].append(row)
    return found


def places_claimed(work: Work, order_id: str) -> set[Place]:
    return {(row.line_no, row.unit_no) for row in work.execute(_CLAIMED, {"order_id": order_id})}


def change_units(work: Work, case_id: str, places: Iterable[Place], **values: Any) -> None:
    """One statement of the same length for one piece and for a thousand."""
    line_nos, unit_nos = ([place[axis] for place in sorted(places)] for axis in (0, 1))
    these = {"of_case": case_id, "line_nos": line_nos, "unit_nos": unit_nos}
    work.execute(_change_of_units(frozenset(values)), {**these, **values})


@cache
def _change_of_units(names: frozenset[str]) -> Any:
    """As ``_insert_of``."""
    line_nos, unit_nos = (sa.bindparam(numbers, type_=sa.ARRAY(sa.Integer)) for numbers in ("line_nos", "unit_nos"))
    named = sa.func.unnest(line_nos, unit_nos).table_valued("line_no", "unit_no").render_derived()
    place = sa.tuple_(_UNIT.line_no, _UNIT.unit_no).in_(sa.select(named.c.line_no, named.c.unit_no))
    values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
    return sa.update(after_sale_unit).where(_UNIT.case_id == sa.bindparam("of_case"), place).values(**values)


def let_go_of_units(work: Work, case_id: str) -> None:
    """Another case may have them; what was given back stays so."""
    work.leave(_LET_GO, {"case_id": case_id})
