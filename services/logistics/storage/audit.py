"""Queries of the audit: each answers with the ids that break one rule, or that somebody should look at."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.logistics.domain.scans import CarrierScan
from services.logistics.storage.tables import dispatch_stop, parked_callback, scan, shipment

OVERDUE = timedelta(hours=1)
_living = shipment.c.status != "cancelled"
_FACTS = ("event_id", "waybill_no", "status", "occurred_at", "location", "signed_by", "remark", "collected_fen")


def orders_with_rival_shipments(work: Work) -> list[str]:
    rivals = sa.select(shipment.c.order_id).where(_living).group_by(shipment.c.order_id, shipment.c.merchant_id)
    return _ids(work, rivals.having(sa.func.count() > 1))


def dispatched_without_waybill(work: Work) -> list[str]:
    blind = shipment.c.carrier.is_(None) | shipment.c.waybill_no.is_(None) | shipment.c.dispatched_at.is_(None)
    return _ids(work, sa.select(shipment.c.id).where(_living, shipment.c.status != "pending", blind))


def needlessly_parked(work: Work) -> list[str]:
    same = (shipment.c.carrier == parked_callback.c.carrier) & (shipment.c.waybill_no == parked_callback.c.waybill_no)
    waiting = parked_callback.c.applied_at.is_(None)
    return _ids(work, sa.select(parked_callback.c.webhook_id).where(waiting, sa.exists().where(same)))


def living_shipments_of_stopped_orders(work: Work) -> list[str]:
    stopped = sa.exists().where(dispatch_stop.c.order_id == shipment.c.order_id)
    return _ids(work, sa.select(shipment.c.id).where(_living, stopped))


def stopped_but_carried(work: Work) -> list[str]:
    scanned = sa.exists().where(scan.c.shipment_id == shipment.c.id)
    carried = shipment.c.undo_refused_at.is_not(None) | scanned
    return _ids(work, sa.select(shipment.c.id).where(shipment.c.status == "cancelled", carried))


def long_overdue(work: Work) -> list[str]:
    waiting = (shipment.c.status == "pending") & (shipment.c.created_at < work.now - OVERDUE)
    return _ids(work, sa.select(shipment.c.id).where(waiting))


def scanned_in(work: Work, statuses: Sequence[str]) -> list[str]:
    scanned = sa.exists().where(scan.c.shipment_id == shipment.c.id)
    return _ids(work, sa.select(shipment.c.id).where(shipment.c.status.in_(statuses), scanned))


def stories(work: Work, statuses: Sequence[str]) -> Iterator[tuple[str, str, list[CarrierScan]]]:
    """(shipment id, status, scans) of every shipment in ``statuses``."""
    joined = shipment.outerjoin(scan, scan.c.shipment_id == shipment.c.id)
    columns = (shipment.c.id.label("shipment"), shipment.c.status.label("shipment_status"), scan)
    query = sa.select(*columns).select_from(joined).where(shipment.c.status.in_(statuses)).order_by(shipment.c.id)
    for (shipment_id, status), rows in groupby(work.execute(query), key=attrgetter("shipment", "shipment_status")):
        yield shipment_id, status, [_told(row) for row in rows if row.event_id is not None]


def _told(row: Any) -> CarrierScan:
    return CarrierScan(reference=row.shipment, **{name: getattr(row, name) for name in _FACTS})


def _ids(work: Work, query: sa.Select) -> list[str]:
    return sorted(work.execute(query).scalars())
