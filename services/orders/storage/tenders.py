"""Tenders and the append-only record of what happened to them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.orders.domain.tenders import KINDS, TenderEvent, TenderState, fold_tender
from services.orders.storage.tables import tender, tender_event

_RECORD = insert(tender_event).on_conflict_do_nothing()
_OF_ORDERS = sa.select(tender).where(tender.c.order_id == sa.any_(sa.bindparam("order_ids", type_=sa.ARRAY(sa.Text))))
_EVENTS = sa.select(tender_event).where(
    tender_event.c.tender_id == sa.any_(sa.bindparam("tender_ids", type_=sa.ARRAY(sa.Text)))
)


@dataclass(frozen=True)
class Tender:
    tender_id: str
    kind: str
    provider: str | None
    state: TenderState


def tenders_of(work: Work, order_id: str) -> list[Tender]:
    """The tenders of an order with their folded states: points, coins, cash."""
    return tenders_of_orders(work, [order_id])[order_id]


def tenders_of_orders(work: Work, order_ids: Sequence[str]) -> dict[str, list[Tender]]:
    wanted = work.execute(_OF_ORDERS, {"order_ids": list(order_ids)})
    rows = sorted(wanted, key=lambda row: KINDS.index(row.kind))
    events = _events_of(work, [row.tender_id for row in rows])
    found: dict[str, list[Tender]] = defaultdict(list)
    for row in rows:
        state = fold_tender(row.kind, row.due, events[row.tender_id])
        found[row.order_id].append(Tender(row.tender_id, row.kind, row.provider, state))
    return found


def choose_provider(work: Work, tender_ids: Sequence[str], provider: str) -> None:
    work.execute(sa.update(tender).where(tender.c.tender_id.in_(tender_ids)).values(provider=provider))


def record_tender_event(work: Work, tender_id: str, event: TenderEvent, notify_id: str | None = None) -> bool:
    """False if it was known: the same operation with the same outcome is one fact, however often it is told."""
    values = {
        "tender_id": tender_id,
        "op": event.op,
        "outcome": event.outcome,
        "amount": event.amount,
        "reference": event.reference,
        "provider_ref": event.provider_ref,
        "notify_id": notify_id,
        "recorded_at": work.now,
        "actor": work.context.actor,
    }
    return work.execute(_RECORD, values).rowcount == 1


def when_refund_was_requested(work: Work, tender_id: str, refund_id: str) -> datetime:
    """The same instant, however often the refund is tried."""
    requested = sa.select(tender_event.c.recorded_at).where(
        tender_event.c.tender_id == tender_id,
        tender_event.c.op == "refund",
        tender_event.c.outcome == "requested",
        tender_event.c.reference == refund_id,
    )
    return work.execute(requested).scalar_one()


def tender_event_rows(work: Work, order_id: str) -> list[sa.Row]:
    of_order = tender_event.join(tender, tender.c.tender_id == tender_event.c.tender_id)
    wanted = sa.select(tender_event, tender.c.kind).select_from(of_order).where(tender.c.order_id == order_id)
    return list(work.execute(wanted.order_by(tender_event.c.id)).all())


def _events_of(work: Work, tender_ids: list[str]) -> dict[str, list[TenderEvent]]:
    found: dict[str, list[TenderEvent]] = defaultdict(list)
    for row in work.execute(_EVENTS, {"tender_ids": tender_ids}):
        found[row.tender_id].append(TenderEvent(row.op, row.outcome, row.amount, row.reference, row.provider_ref))
    return found
