"""Shipments: every write is conditional on the state it starts from and answers whether it took place."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.logistics.domain.answers_of_carriers import Booked
from services.logistics.domain.carriers import Assignment
from services.logistics.domain.shipping_states import SHIPMENT
from services.logistics.storage.tables import carrier, dispatch_stop, shipment

_ADD = insert(shipment).on_conflict_do_nothing()
_CLAIM = Planned(
    "claim_for_booking",
    "UPDATE shipment SET attempts = :attempt, may_be_booked = true, due_at = :until, updated_at = :now WHERE id = :id",
)
_STOP = Planned("stop_of", "SELECT order_id, reason, stopped_at FROM dispatch_stop WHERE order_id = :order_id")


def add_shipment(work: Work, values: dict[str, Any]) -> bool:
    """False when the order's merchant has a living shipment already."""
    stamps = {"due_at": work.now, "created_at": work.now, "updated_at": work.now}
    return work.execute(_ADD, {**values, **stamps}).rowcount == 1


def shipments_of_order(work: Work, order_id: str) -> Sequence[Any]:
    """With the names of their carriers, oldest first."""
    names = (carrier.c.name_zh.label("carrier_name_zh"), carrier.c.name_en.label("carrier_name_en"))
    joined = shipment.outerjoin(carrier, carrier.c.code == shipment.c.carrier)
    query = sa.select(shipment, *names).select_from(joined).where(shipment.c.order_id == order_id)
    return work.execute(query.order_by(shipment.c.created_at, shipment.c.id)).all()


def change_status(work: Work, row: Any, event: str, **values: Any) -> Any:
    """Take ``event`` in the table of states; the new row. ``row`` must be locked, else a rival may have moved it.

    Raises IllegalTransition when the table does not know the way, LookupError when the shipment has moved.
    """
    status = SHIPMENT.next(row.status, event)
    as_read = {"its_id": row.id, "was_status": row.status, "was_version": row.version}
    changed = {"status": status, "version": row.version + 1, "updated_at": work.now, **values}
    moved = work.execute(_change_of(frozenset(changed)), {**as_read, **changed}).one_or_none()
    if moved is None:
        raise LookupError(f"{row.id} is no longer {row.status} in version {row.version}")
    return moved


def leave_out(work: Work, row: Any, lines: Sequence[dict[str, Any]]) -> None:
    """Of a locked shipment that no carrier was asked about: from now on it has these lines."""
    unasked = (shipment.c.status == "pending") & ~shipment.c.may_be_booked & (shipment.c.version == row.version)
    changed = {"lines": list(lines), "version": row.version + 1, "updated_at": work.now}
    if work.execute(sa.update(shipment).where(shipment.c.id == row.id, unasked).values(changed)).rowcount != 1:
        raise LookupError(f"{row.id} is no longer as it was in version {row.version}")


def next_version(work: Work, row: Any) -> Any:
    """Of a locked shipment of which something else is told than before, while its status stays."""
    more = sa.update(shipment).where(shipment.c.id == row.id).values(version=row.version + 1, updated_at=work.now)
    return work.execute(more.returning(shipment)).one()


def booked_values(booked: Booked) -> dict[str, Any]:
    return {
        "waybill_no": booked.waybill_no,
        "label_url": booked.label_url,
        "estimated_delivery_on": booked.estimated_delivery_on,
        "may_be_booked": True,
    }


def claim_for_booking(work: Work, row: Any, due_at: datetime) -> None:
    """Count the attempt before it is made: whatever happens then, the carrier may have booked."""
    told = {"id": row.id, "attempt": row.attempts + 1, "until": due_at, "now": work.now}
    work.leave(_CLAIM, told)


def note_failed_booking(work: Work, row: Any, may_be_booked: bool, due_at: datetime, problem: str) -> bool:
    """Only of the attempt that ``row`` was claimed for; a later one speaks for itself."""
    same = (shipment.c.id == row.id) & (shipment.c.status == "pending") & (shipment.c.attempts == row.attempts + 1)
    values = {"may_be_booked": may_be_booked, "due_at": due_at, "last_problem": problem[:500], "updated_at": work.now}
    return work.execute(sa.update(shipment).where(same).values(values)).rowcount == 1


def give_to_carrier(work: Work, row: Any, assignment: Assignment, due_at: datetime) -> None:
    """A pending shipment whose row is locked; ``attempts`` starts anew with the new carrier."""
    tried = [*row.tried_carriers, row.carrier] if row.carrier else row.tried_carriers
    values = {"carrier": assignment.code, "assignment": assignment.verdicts, "tried_carriers": tried}
    fresh = {"attempts": 0, "due_at": due_at, "updated_at": work.now}
    work.execute(sa.update(shipment).where(shipment.c.id == row.id).values(**values, **fresh))


def set_values(work: Work, shipment_id: str, **values: Any) -> None:
    """Bookkeeping that does not change the status, on a locked row."""
    work.execute(_setting(frozenset(values)), {"its_id": shipment_id, **values})


# A statement for each set of columns that are changed together: there are few of them.
@cache
def _change_of(names: frozenset[str]) -> Any:
    is_as_read = (
        shipment.c.id == sa.bindparam("its_id"),
        shipment.c.status == sa.bindparam("was_status"),
        shipment.c.version == sa.bindparam("was_version"),
    )
    values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
    return sa.update(shipment).where(*is_as_read).values(values).returning(shipment)


@cache
def _setting(names: frozenset[str]) -> sa.Update:
    values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
    return sa.update(shipment).where(shipment.c.id == sa.bindparam("its_id")).values(values)


def stop_of(work: Work, order_id: str) -> Any | None:
    return work.execute(_STOP, {"order_id": order_id}).one_or_none()


def record_stop(work: Work, order_id: str, reason: str) -> None:
    values = {"order_id": order_id, "reason": reason, "stopped_at": work.now}
    work.execute(insert(dispatch_stop).values(values).on_conflict_do_nothing())
