"""Scans (append-only) and callbacks parked until their waybill is known."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.logistics.domain.scans import CarrierScan
from services.logistics.storage.tables import parked_callback, scan

_ADD = insert(scan).inline().on_conflict_do_nothing()
_OF_SHIPMENT = (
    sa.select(scan).where(scan.c.shipment_id == sa.bindparam("shipment_id")).order_by(scan.c.occurred_at, scan.c.id)
)
_TAKE_PARKED = (
    sa.update(parked_callback)
    .where(
        parked_callback.c.carrier == sa.bindparam("its_carrier"),
        parked_callback.c.waybill_no == sa.bindparam("its_waybill"),
        parked_callback.c.applied_at.is_(None),
    )
    .values(applied_at=sa.bindparam("now"))
    .returning(parked_callback)
)
_FACTS = ("event_id", "waybill_no", "status", "occurred_at", "location", "signed_by", "remark", "collected_fen")


def add_scan(work: Work, shipment_id: str, code: str, told: CarrierScan, webhook_id: str | None) -> bool:
    """False when this message or this fact is known already."""
    facts = {name: getattr(told, name) for name in _FACTS}
    values = {"shipment_id": shipment_id, "carrier": code, "webhook_id": webhook_id, "recorded_at": work.now, **facts}
    return work.execute(_ADD, values).rowcount == 1


def scans_of(work: Work, shipment_id: str) -> list[CarrierScan]:
    """Oldest first by the carrier's time."""
    rows = work.execute(_OF_SHIPMENT, {"shipment_id": shipment_id})
    return [_told(row, reference=shipment_id) for row in rows]


def park(work: Work, code: str, told: CarrierScan, webhook_id: str) -> bool:
    """False when this message is parked already."""
    values = {"carrier": code, "webhook_id": webhook_id, "parked_at": work.now, **asdict(told)}
    return work.execute(insert(parked_callback).values(values).on_conflict_do_nothing()).rowcount == 1


def take_parked(work: Work, code: str, waybill_no: str) -> list[tuple[str, CarrierScan]]:
    """(webhook id, scan) of what waited for this waybill, oldest first; it waits no longer."""
    rows = work.execute(_TAKE_PARKED, {"its_carrier": code, "its_waybill": waybill_no, "now": work.now}).all()
    told = [(row.webhook_id, _told(row, row.reference)) for row in rows]
    return sorted(told, key=lambda each: (each[1].occurred_at, each[0]))


def waiting_callbacks(work: Work) -> Sequence[Any]:
    query = sa.select(parked_callback).where(parked_callback.c.applied_at.is_(None))
    return work.execute(query.order_by(parked_callback.c.id)).all()


def _told(row: Any, reference: str) -> CarrierScan:
    return CarrierScan(reference=reference, **{name: getattr(row, name) for name in _FACTS})
