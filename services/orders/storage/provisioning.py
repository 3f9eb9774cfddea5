"""Partners as configured, of each the newest row counts; and what they were asked for, a row an operation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.orders.domain.provisioning import OPEN, Provisioner
from services.orders.storage.tables import provisioner, provisioning

_TOLD = tuple(Provisioner.__dataclass_fields__)
_OF_ORDERS = (
    sa.select(provisioning)
    .where(provisioning.c.order_id == sa.any_(sa.bindparam("order_ids", type_=sa.ARRAY(sa.Text))))
    .order_by(provisioning.c.line_no, provisioning.c.element_id, provisioning.c.round)
)


def provisioner_rows(work: Work) -> list[sa.Row]:
    """The one in force of each partner, by name."""
    in_force = sa.select(provisioner).where(provisioner.c.effective_from <= work.now)
    newest = in_force.distinct(provisioner.c.provisioner)
    return list(work.execute(newest.order_by(provisioner.c.provisioner, provisioner.c.effective_from.desc())).all())


def provisioners_in_force(work: Work) -> dict[str, Provisioner]:
    return {
        row.provisioner: Provisioner(**{name: getattr(row, name) for name in _TOLD}) for row in provisioner_rows(work)
    }


def add_provisioner(work: Work, told: Mapping[str, Any], reason: str) -> dict[str, Any]:
    row = {name: told[name] for name in _TOLD}
    values = {**row, "effective_from": work.now, "actor": work.context.actor, "reason": reason}
    work.execute(provisioner.insert(), values)
    return values


def provisionings_of(work: Work, order_ids: Sequence[str]) -> dict[str, list[sa.Row]]:
    """Every operation of these orders, older rounds first."""
    found: dict[str, list[sa.Row]] = {order_id: [] for order_id in order_ids}
    for row in work.execute(_OF_ORDERS, {"order_ids": list(order_ids)}):
        found[row.order_id].append(row)
    return found


def find_provisioning(work: Work, operation_id: str) -> sa.Row | None:
    return work.execute(sa.select(provisioning).where(provisioning.c.operation_id == operation_id)).one_or_none()


def add_provisionings(work: Work, rows: Iterable[Mapping[str, Any]]) -> None:
    """Those that are there already stay as they are."""
    new = [{**row, "changed_at": work.now} for row in rows]
    if new:
        work.execute(insert(provisioning).values(new).on_conflict_do_nothing())


def note_asking(work: Work, operation_id: str) -> None:
    """Before the partner is asked, so that whoever comes after a crash asks what became of it. Needs the order's
    lock."""
    asked = {"attempts": provisioning.c.attempts + 1, "asked_at": work.now, "changed_at": work.now}
    work.execute(sa.update(provisioning).where(provisioning.c.operation_id == operation_id).values(asked))


def settle_provisioning(work: Work, operation_id: str, sources: Sequence[str], state: str, **values: Any) -> bool:
    """False if it is in none of ``sources``. Needs the order's lock."""
    is_there = (provisioning.c.operation_id == operation_id, provisioning.c.state.in_(sources))
    change = sa.update(provisioning).where(*is_there).values(state=state, changed_at=work.now, **values)
    return work.execute(change).rowcount == 1


def note_problem(work: Work, operation_id: str, problem: str | None, state: str | None = None) -> None:
    """Of an operation that is not settled yet."""
    values = {"problem": problem and problem[:500], "changed_at": work.now} | ({"state": state} if state else {})
    mine = (provisioning.c.operation_id == operation_id, provisioning.c.state.in_(OPEN))
    work.execute(sa.update(provisioning).where(*mine).values(values))
