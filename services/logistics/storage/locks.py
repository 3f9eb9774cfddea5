"""Every lock of logistics. Order of taking: order or waybill (advisory), then shipments by id, then health."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.logistics.storage.tables import carrier, carrier_health, shipment

_ORDERS, _WAYBILLS = 1, 2  # spaces of advisory keys, so that one kind never waits for the other
_NAME = Planned("lock_name", "SELECT pg_advisory_xact_lock(:space, hashtext(:name))")
_SHIPMENT = sa.select(shipment).where(shipment.c.id == sa.bindparam("shipment_id")).with_for_update()
_OF_WAYBILL = (
    sa.select(shipment)
    .where(shipment.c.carrier == sa.bindparam("carrier"), shipment.c.waybill_no == sa.bindparam("waybill_no"))
    .with_for_update()
)
_OF_ORDER = (
    sa.select(shipment).where(shipment.c.order_id == sa.bindparam("order_id")).order_by(shipment.c.id).with_for_update()
)
# A carrier out of service is asked only about what it may have booked before.
_IS_DUE_AT_ITS_CARRIER = (
    shipment.c.status == "pending",
    shipment.c.due_at <= sa.bindparam("now"),
    carrier.c.is_active | shipment.c.may_be_booked,
)
_DUE = (
    sa.select(shipment)
    .select_from(
        shipment.join(carrier, carrier.c.code == shipment.c.carrier).join(
            carrier_health, carrier_health.c.carrier == shipment.c.carrier
        )
    )
    .where(*_IS_DUE_AT_ITS_CARRIER)
    .with_for_update(of=shipment, skip_locked=True)
    .limit(1)
)
_DUE_AT_HEALTHY = _DUE.where(carrier_health.c.failures == 0).order_by(shipment.c.due_at)
# One whose booking is in doubt anyway goes first: the untouched ones stay free to go to another carrier.
_TO_PROBE_WITH = _DUE.where(shipment.c.carrier == sa.bindparam("carrier")).order_by(
    shipment.c.may_be_booked.desc(), shipment.c.due_at
)
_RESTED = (
    sa.select(carrier_health.c.carrier)
    .where(
        carrier_health.c.failures > 0,
        carrier_health.c.resting_until <= sa.bindparam("now"),
        sa.select(shipment.c.id)
        .where(carrier.c.code == shipment.c.carrier, *_IS_DUE_AT_ITS_CARRIER)
        .where(shipment.c.carrier == carrier_health.c.carrier)
        .exists(),
    )
    .order_by(carrier_health.c.resting_until)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_UNWANTED = (
    sa.select(shipment)
    .where(shipment.c.undo_due_at <= sa.bindparam("now"))
    .order_by(shipment.c.undo_due_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def lock_order(work: Work, order_id: str) -> None:
    """Planning and stopping of one order take turns, also before it has any row."""
    _lock_name(work, _ORDERS, order_id)


def lock_waybill(work: Work, code: str, waybill_no: str) -> None:
    """Parking a callback and learning its waybill take turns; else a callback could stay parked for ever."""
    _lock_name(work, _WAYBILLS, f"{code} {waybill_no}")


def _lock_name(work: Work, space: int, name: str) -> None:
    """Before whatever comes next in this transaction."""
    work.leave(_NAME, {"space": space, "name": name})


def lock_shipment(work: Work, shipment_id: str) -> Any:
    return work.execute(_SHIPMENT, {"shipment_id": shipment_id}).one()


def lock_shipment_of_waybill(work: Work, code: str, waybill_no: str) -> Any | None:
    return work.execute(_OF_WAYBILL, {"carrier": code, "waybill_no": waybill_no}).one_or_none()


def lock_shipments_of_order(work: Work, order_id: str) -> Sequence[Any]:
    return work.execute(_OF_ORDER, {"order_id": order_id}).all()


def next_due_at_healthy_carrier(work: Work) -> Any | None:
    return work.execute(_DUE_AT_HEALTHY, {"now": work.now}).one_or_none()


def next_to_probe_with(work: Work, code: str) -> Any | None:
    return work.execute(_TO_PROBE_WITH, {"now": work.now, "carrier": code}).one_or_none()


def next_rested_carrier(work: Work) -> str | None:
    """A failing carrier whose rest is over and that has work; the lock makes one replica probe it."""
    return work.execute(_RESTED, {"now": work.now}).scalar_one_or_none()


def shipments_to_assign(work: Work, limit: int) -> Sequence[Any]:
    """Due, and without a carrier that may take them."""
    serves = sa.exists().where(carrier.c.code == shipment.c.carrier, carrier.c.is_active)
    stranded = shipment.c.carrier.is_(None) | ~(serves | shipment.c.may_be_booked)
    due = (shipment.c.status == "pending") & (shipment.c.due_at <= work.now)
    query = sa.select(shipment).where(due, stranded).order_by(shipment.c.due_at).limit(limit)
    return work.execute(query.with_for_update(skip_locked=True)).all()


def shipments_to_divert(work: Work, code: str, limit: int) -> Sequence[Any]:
    """Waiting at a carrier that surely has not booked them."""
    free = (shipment.c.status == "pending") & (shipment.c.carrier == code) & ~shipment.c.may_be_booked
    query = sa.select(shipment).where(free).order_by(shipment.c.id).limit(limit)
    return work.execute(query.with_for_update(skip_locked=True)).all()


def next_silent_shipment(work: Work, statuses: Sequence[str], silent_since: Any, young: Any, skip: Any) -> Any | None:
    """Heard of and asked about before ``silent_since``; dispatched after ``young``; not of the carriers in ``skip``."""
    silent = (shipment.c.heard_at < silent_since) & (
        shipment.c.polled_at.is_(None) | (shipment.c.polled_at < silent_since)
    )
    watched = shipment.c.status.in_(statuses) & (shipment.c.dispatched_at > young) & shipment.c.carrier.not_in(skip)
    query = sa.select(shipment).where(silent, watched).order_by(shipment.c.heard_at).limit(1)
    return work.execute(query.with_for_update(skip_locked=True)).one_or_none()


def next_unwanted_booking(work: Work) -> Any | None:
    return work.execute(_UNWANTED, {"now": work.now}).one_or_none()
