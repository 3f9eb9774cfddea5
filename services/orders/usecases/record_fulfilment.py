"""What logistics and catalog tell of the goods of an order: in any order, more than once, late."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.catalog.contract import own_element
from services.chassis.data.work import ReceivedEvent, Work
from services.orders.domain.fulfilment import ParcelFact
from services.orders.storage.locks import lock_order
from services.orders.storage.queries import parcels_of
from services.orders.storage.writes import add_codes, add_fact, put_parcel
from services.orders.usecases.collect_cash import collect_cash
from services.orders.usecases.move_order import move_on
from services.orders.usecases.order_facts import facts_about, received_by
from services.orders.usecases.unknown_order import note_unknown_order

OVER = ("closed", "cancelled")


def record_shipment_fact(work: Work, event: ReceivedEvent) -> None:
    """A parcel is as far as its furthest fact; an older one is kept in the timeline only."""
    order = lock_order(work, event.data["order_id"])
    if order is None:
        note_unknown_order(event)
        return
    occurred_at = event.data.get("occurred_at") or event.occurred_at
    is_news = take_parcel_fact(work, event, ParcelFact(event.data["status"], occurred_at))
    is_ignored = not is_news or order.status in OVER
    add_shipment_entry(work, event, occurred_at, is_ignored)
    if is_news:
        order = follow_fulfilment(work, order, occurred_at)
        collect_cash(work, order, event)


def record_codes(work: Work, event: ReceivedEvent) -> None:
    order = lock_order(work, event.data["order_id"])
    if order is None:
        note_unknown_order(event)
        return
    new = add_codes(work, order.order_id, [_of_element(code) for code in event.data["codes"]])
    if new:
        is_ignored = order.status in OVER
        add_fact(work, order.order_id, "codes.issued", event.occurred_at, codes=new, is_ignored=is_ignored)
        follow_fulfilment(work, order, event.occurred_at)


def _of_element(code: dict[str, Any]) -> dict[str, Any]:
    """A code that names no element is from before there were any: its SKU was its only one. What it is called stands
    in the order."""
    kept = {name: code[name] for name in ("sku_id", "code", "valid_until")}
    return {**kept, "element_id": code["element_id"] or own_element(code["sku_id"])}


def take_parcel_fact(work: Work, event: ReceivedEvent, fact: ParcelFact) -> bool:
    known = {row.shipment_id: row for row in parcels_of(work, [event.data["order_id"]])[event.data["order_id"]]}
    earlier = known.get(event.data["shipment_id"])
    if earlier is not None and not fact.supersedes(ParcelFact(earlier.status, earlier.occurred_at)):
        return False
    put_parcel(work, event, fact.status, fact.occurred_at)
    return True


def add_shipment_entry(work: Work, event: ReceivedEvent, occurred_at: datetime, is_ignored: bool) -> None:
    names = ("shipment_id", "status", "carrier", "waybill_no", "location", "signed_by")
    details = {name: event.data[name] for name in names if event.data.get(name)}
    what = event.type.rpartition(".v")[0]
    add_fact(work, event.data["order_id"], what, occurred_at, **details, is_ignored=is_ignored)


def follow_fulfilment(work: Work, order: sa.Row, at: datetime) -> sa.Row:
    facts = facts_about(work, order)
    is_delivered = facts.fulfilment_status == "delivered"
    delivered_at = last_delivery(work, order.order_id, at) if is_delivered else None
    facts = replace(facts, received_by=received_by(work, delivered_at))
    return move_on(work, order, facts, delivered_at=delivered_at)


def last_delivery(work: Work, order_id: str, otherwise: datetime) -> datetime:
    """By the carriers' clocks, whichever of them told us last."""
    delivered = [row.occurred_at for row in parcels_of(work, [order_id])[order_id] if row.status == "delivered"]
    return max(delivered, default=otherwise)
